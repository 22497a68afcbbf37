"""画面に現れるものと、画面を直接開くこと。"""

from behave import step

from otp_conformance.judging import asked, outcomes
from otp_conformance.judging.outcomes import by_declaration
from otp_conformance.people import forms, places
from otp_conformance.specification.words import Status


@step("{person}の登録状況は{quoted}である")
def _(context, person, word):
    context.world.judge.status(context.world.person(person), word)


@step("対照として、{person}の登録状況は{quoted}である")
def _(context, person, word):
    context.world.judge.control_status(context.world.person(person), word)


@step("対照として、申し込んでいない別のお客さまの登録状況は{quoted}である")
def _(context, word):
    other = context.world.control_customer(Status.NOT_REGISTERED)
    context.world.judge.control_status(other, word)


@step("対照として、利用中の別のお客さまの登録状況は{quoted}である")
def _(context, word):
    other = context.world.control_customer(Status.IN_SERVICE)
    context.world.judge.control_status(other, word)


@step("{person}が画面を再読み込みする")
def _(context, person):
    context.world.person(person).site.agent.reload()


@step("{person}が申請内容選択の画面を開く")
def _(context, person):
    context.world.person(person).walk_to_portal()


@step("「戻る」を押した後は、宣言に応じて次の画面になる")
@by_declaration(outcomes.BACK)
def _(context):
    context.world.screen.back_leads()


@step("「申込を中止する」を押した後は、宣言に応じて次の画面になる")
@by_declaration(outcomes.CANCEL)
def _(context):
    context.world.screen.cancel_leads()


@step("{person}がトークンの種類の選択へ進む")
def _(context, person):
    context.world.person(person).go_to_kind_selection()


@step("選べる種類はソフトウェアトークンとハードウェアトークンの二つだけである")
def _(context):
    context.world.screen.two_kinds()


@step("{person}が発行確認の画面へ進む")
def _(context, person):
    context.world.person(person).go_to_hardware_confirmation()


@step("確認用パスワードの入力欄があり、ワンタイムパスワード・シリアル番号・住所の入力欄はない")
def _(context):
    asked.confirmation_only(context.world.people)


@step("{person}が利用開始登録の画面へ進む")
def _(context, person):
    context.world.person(person).go_to_activation()


@step("入力欄は、宣言に応じて次のものだけである")
@by_declaration(outcomes.FIELDS_AT_ACTIVATION)
def _(context):
    asked.activation_as_declared(context.world.people)


@step("{person}が{screen}で正しく入力し、{leaving}")
def _(context, person, screen, way):
    forms.leave(context.world.person(person), screen, way)


@step("{person}が{procedure}へ進もうとする")
def _(context, person, procedure):
    places.set_out(context.world.person(person), procedure)


@step("{procedure}へは進めない")
def _(context, procedure):
    context.world.screen.not_shown(places.first_screen(procedure))


@step("対照として、トークンが届いた別のお客さまは利用開始登録へ進める")
def _(context):
    other = context.world.control_customer(Status.ISSUED)
    context.world.screen.control_way("利用開始登録へ進める", other, other.go_to_activation())


@step("対照として、利用中の別のお客さまは利用解除へ進める")
def _(context):
    other = context.world.control_customer(Status.IN_SERVICE)
    context.world.screen.control_way("利用解除へ進める", other, other.go_to_deactivation())


@step("{person}が{screen}を直接開く")
def _(context, person, screen):
    places.open_directly(context.world.people, context.world.person(person), screen)


@step("{person}がログインせずに{screen}を直接開く")
def _(context, person, screen):
    places.open_directly(context.world.people, context.world.person(person), screen)


@step("{person}がワンタイムパスワードを入力せずに{screen}を直接開く")
def _(context, person, screen):
    customer = context.world.person(person)
    customer.log_in(None)
    places.open_directly(context.world.people, customer, screen)


@step("ログイン画面が表示される")
def _(context):
    context.world.screen.login_shown_instead()


@step("ログインし直すよう求められる")
def _(context):
    context.world.screen.asked_to_log_in()


@step("対照として、ログインし直した{person}は申請内容選択の画面を開ける")
def _(context, person):
    context.world.screen.control_portal(context.world.person(person))


@step("開こうとした画面は表示されない")
def _(context):
    context.world.screen.not_shown_directly()


@step("対照として、ログインした{person}は{screen}を直接開ける")
def _(context, person, screen):
    customer = context.world.person(person)
    customer.ensure_logged_in()
    context.world.screen.control_direct(customer, screen)


@step("対照として、新しいワンタイムパスワードでログインした{person}は{screen}を直接開ける")
def _(context, person, screen):
    customer = context.world.person(person)
    context.world.judge.control(customer.log_in("新しい"))
    context.world.screen.control_direct(customer, screen)


@step("対照として、トークンが届いた別のお客さまは{screen}を直接開ける")
def _(context, screen):
    other = context.world.control_customer(Status.ISSUED)
    other.ensure_logged_in()
    context.world.screen.control_direct(other, screen)
