"""画面に表示されるもの。項目の語彙は otp_conformance/judging/contents.py にある。"""

from behave import step

from otp_conformance.judging import buttons
from otp_conformance.people import places


@step("{person}が{screen}を表示する")
def _(context, person, screen):
    places.walk(context.world.person(person), screen)


@step("{person}がログイン画面を表示する")
def _(context, person):
    context.world.person(person).site.login.open()


@step("画面に次のものがある")
def _(context):
    rows = [(row["項目"], row["要件"].split()) for row in context.table]
    context.world.screen.contents(rows)


@step("画面に{quoted}は出ていない")
def _(context, phrase):
    context.world.screen.absent(phrase)


@step("{screen}の画面IDは宣言どおりである")
def _(context, screen):
    context.world.screen.screen_id(screen)


@step("発行完了の画面は、受付を告げるなら以後の流れも告げている")
def _(context):
    context.world.screen.issue_message()


@step("注意事項欄の文を記録に残す")
def _(context):
    context.world.screen.notice_recorded()


@step("{person}に{quoted}ボタンが宣言どおりに示される")
def _(context, person, button):
    buttons.presented(context.world.person(person), button)


@step("{person}の{quoted}ボタンは宣言どおりに働く")
def _(context, person, button):
    buttons.takes_effect(context.world.people, context.world.person(person), button)


@step("{quoted}のとき、拒否されたことが画面から分かる")
def _(context, reason):
    context.world.screen.refusal_told(reason)
