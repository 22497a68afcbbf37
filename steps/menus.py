"""グローバルナビゲーションと、画面から画面への移り方。"""

from behave import step

from otp_conformance.assets.port import Need
from otp_conformance.judging import menus, outcomes
from otp_conformance.judging.outcomes import by_declaration
from otp_conformance.specification.words import Kind, Status


@step("グローバルナビゲーションに「ワンタイムパスワード申請」がある")
def _(context):
    menus.offers_first(context.world.acting())


@step("その下にもう一段「ワンタイムパスワード申請」がある")
def _(context):
    menus.offers_second(context.world.acting())


@step("{person}がグローバルナビゲーションの「ワンタイムパスワード申請」を選ぶ")
def _(context, person):
    context.world.person(person).choose_menu(0)


@step("{person}がその下の「ワンタイムパスワード申請」を選ぶ")
def _(context, person):
    context.world.person(person).choose_rest_of_menu()


@step("{person}が申請内容選択の画面で「トップページへ」を押す")
def _(context, person):
    context.world.person(person).reopen_portal().portal.to_top()


@step("{person}が申請内容選択の画面で「ワンタイムパスワード利用開始」を押す")
def _(context, person):
    context.world.person(person).go_to_activation()


@step("{person}が申請内容選択の画面で「ワンタイムパスワード利用解除」を押す")
def _(context, person):
    context.world.person(person).go_to_deactivation()


@step("{person}が種類の選択で{kind}の「選択」を押す")
def _(context, person, kind):
    customer = context.world.person(person)
    customer.go_to_kind_selection()
    customer.site.kind_selection.choose(kind)


@step("{person}が種類の選択の画面で「戻る」を押す")
def _(context, person):
    customer = context.world.person(person)
    customer.go_to_kind_selection()
    customer.site.kind_selection.back()


@step("{person}が発行完了の画面で「ワンタイムパスワード申請内容選択へ」を押す")
def _(context, person):
    context.world.person(person).site.issue_complete.to_portal()


@step("{person}が利用開始完了の画面で「ワンタイムパスワード申請内容選択へ」を押す")
def _(context, person):
    context.world.person(person).site.activation_complete.to_portal()


@step("{screen}が表示される")
def _(context, screen):
    context.world.screen.shown(screen)


@step("{kind}の発行の手続きへ進む")
def _(context, kind):
    if kind is Kind.SOFTWARE:
        context.world.screen.software_way()
    else:
        context.world.screen.shown("発行確認の画面")


@step("ハードウェアトークン用の確認画面が表示される")
def _(context):
    context.world.screen.shown("利用開始登録の画面")


@step("ハードウェアトークン用の確認画面は表示されない")
def _(context):
    context.world.screen.not_shown("利用開始登録の画面")


@step("ソフトウェアトークンを発行済の{person}がいる")
def _(context, person):
    context.world.introduce(person, Need(Status.ISSUED, Kind.SOFTWARE))


@step(
    "{person}のログイン後の機能のうちワンタイムパスワードを求めるものは、宣言に応じて次のとおりである"
)
@by_declaration(outcomes.OTHER_USES)
def _(context, person):
    menus.other_uses(context.world.person(person))


@step("{person}は、ログイン前の画面のどのリンクをたどっても利用解除へ進めない")
def _(context, person):
    menus.walk_outside(context.world.person(person))


@step("停止中の{person}は、ログイン前の画面のどのリンクをたどっても利用解除へ進めない")
def _(context, person):
    menus.walk_outside(context.world.person(person), suspended=True)
