"""利用開始登録。"""

from behave import step

from otp_conformance.judging import outcomes
from otp_conformance.judging.outcomes import by_declaration
from otp_conformance.people import procedures


@step("{person}が利用開始登録を終えている")
def _(context, person):
    procedures.activate(context.world.person(person))


@step("{person}が{serial}シリアル番号と{code}ワンタイムパスワードで利用開始登録を試みる")
def _(context, person, serial, code):
    context.world.person(person).activate(serial, code)


@step("利用開始登録が完了する")
def _(context):
    context.world.judge.accepted()


@step("利用開始登録は拒否される")
def _(context):
    context.world.judge.refused()


@step("在庫のトークンでの利用開始登録は、宣言に応じて次のとおりになる")
@by_declaration(outcomes.STOCK_TOKEN)
def _(context):
    context.world.declared.stock_token()


@step("シリアル番号の誤りで拒否された後の同じワンタイムパスワードは、宣言に応じて次のとおりになる")
@by_declaration(outcomes.CODE_AFTER_REFUSAL)
def _(context):
    context.world.declared.code_after_wrong_serial()


@step("別のお客さまへ送られたトークンでの利用開始登録は、宣言に応じて次のとおりになる")
@by_declaration(outcomes.TOKEN_OF_ANOTHER)
def _(context):
    context.world.declared.token_of_another()


@step("利用解除したトークンでの利用開始登録は、宣言に応じて次のとおりになる")
@by_declaration(outcomes.RETIRED)
def _(context):
    context.world.declared.retired_token(context.world.acting())


@step("元のお客さまのトークンでの利用開始登録は、宣言に応じて次のとおりになる")
@by_declaration(outcomes.RETIRED_OF_ANOTHER)
def _(context):
    context.world.declared.retired_token(context.world.acting().other())


@step("全角数字での利用開始登録は、宣言に応じて次のとおりになる")
@by_declaration(outcomes.SERIAL_FULL_WIDTH)
def _(context):
    context.world.declared.full_width()


@step("完了画面のシリアル番号は届いたトークンのものと同じである")
def _(context):
    context.world.judge.completion_serial()


@step("完了画面の有効期限は届いたトークンのものと同じである")
def _(context):
    context.world.judge.completion_expiry()


@step("対照として、{person}は{serial}シリアル番号と{code}ワンタイムパスワードで利用開始登録できる")
def _(context, person, serial, code):
    customer = context.world.person(person)
    attempt = customer.activate(serial, code)
    context.world.judge.control_done(attempt, customer)


@step(
    "対照として、{person}は{serial}シリアル番号と{code}ワンタイムパスワードで利用開始登録でき、完了の画面が表示される"
)
def _(context, person, serial, code):
    customer = context.world.person(person)
    attempt = customer.activate(serial, code)
    context.world.judge.control(attempt)


@step("全角数字のワンタイムパスワードでの利用開始登録は、宣言に応じて次のとおりになる")
@by_declaration(outcomes.OTP_FULL_WIDTH)
def _(context):
    context.world.declared.full_width_code()


@step("前後に空白の付いたワンタイムパスワードでの利用開始登録は、宣言に応じて次のとおりになる")
@by_declaration(outcomes.OTP_BLANKS)
def _(context):
    context.world.declared.trimmed_code()
