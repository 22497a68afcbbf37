"""支援技術、キーボード、クリップボードから見た画面。"""

from behave import step


@step("{page}は、幅{int}pxでも幅{int}pxでも次のことを満たす")
def _(context, page, narrow, wide):
    rows = [(row["確かめること"], row["要件"].split()) for row in context.table]
    context.world.accessibility.holds(page, (narrow, wide), rows)


@step("{person}が{titled}の手続きの画面を順に進み、ページタイトルを控える")
def _(context, person, titled):
    context.world.accessibility.walk_and_note_titles(context.world.person(person), titled)


@step("控えたページタイトルは、画面ごとに違う")
def _(context):
    context.world.accessibility.titles_differ()


@step("入力したシリアル番号は欄に残っている")
def _(context):
    context.world.accessibility.serial_kept()


@step("前後の空白は問題にならないか、何を直せばよいかが文で示される")
def _(context):
    context.world.accessibility.blanks_explained()


@step("二つの「選択」は、読み上げを聞いて区別できる")
def _(context):
    context.world.accessibility.kinds_told_apart()


@step("取り消せないことが、「解除する」を押す前に分かる")
def _(context):
    context.world.accessibility.irreversible_told()


@step("{person}は、ソフトウェアキーボードをキーボードだけで開き、キーを押せる")
def _(context, person):
    context.world.accessibility.keyboard_by_keys(context.world.person(person))


@step("{person}がソフトウェアキーボードを開く")
def _(context, person):
    context.world.accessibility.open_keyboard(context.world.person(person))
