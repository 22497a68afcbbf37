"""利用解除。"""

from behave import step

from otp_conformance.judging import outcomes
from otp_conformance.judging.outcomes import by_declaration
from otp_conformance.people import procedures


@step("{person}が利用解除を終えている")
def _(context, person):
    procedures.deactivate(context.world.person(person))


@step("{person}が{confirmation}確認用パスワードと{code}ワンタイムパスワードで利用解除を試みる")
def _(context, person, confirmation, code):
    context.world.person(person).deactivate(confirmation, code)


@step("{person}がソフトウェアキーボードで確認用パスワードを入力して利用解除を試みる")
def _(context, person):
    context.world.person(person).deactivate("正しい", "新しい", keyboard=True)


@step("利用解除が完了する")
def _(context):
    context.world.judge.accepted()


@step("利用解除は拒否される")
def _(context):
    context.world.judge.refused()


@step(
    "対照として、{person}は{confirmation}確認用パスワードと{code}ワンタイムパスワードで利用解除できる"
)
def _(context, person, confirmation, code):
    customer = context.world.person(person)
    attempt = customer.deactivate(confirmation, code)
    context.world.judge.control_done(attempt, customer)


@step(
    "対照として、{person}は{confirmation}確認用パスワードと{code}ワンタイムパスワードで利用解除でき、完了の画面が表示される"
)
def _(context, person, confirmation, code):
    attempt = context.world.person(person).deactivate(confirmation, code)
    context.world.judge.control(attempt)


@step("拒否された後の同じワンタイムパスワードは、宣言に応じて次のとおりになる")
@by_declaration(outcomes.CODE_AFTER_REFUSAL)
def _(context):
    context.world.declared.code_after_refusal()


@step("トークン発行済の段階での利用解除は、宣言に応じて次のとおりになる")
@by_declaration(outcomes.DEACTIVATION_WHEN_ISSUED)
def _(context):
    context.world.declared.deactivation_when_issued()


@step("{person}が利用解除完了の画面で「トップページへ」を押す")
def _(context, person):
    context.world.person(person).site.deactivation_complete.to_top()


@step("{person}が確認用パスワードを宣言された回数だけ続けて間違えている")
def _(context, person):
    procedures.mistake_confirmation(context.world.person(person))


@step("{person}が確認用パスワードを宣言された回数の一回手前まで続けて間違えている")
def _(context, person):
    procedures.mistake_confirmation(context.world.person(person), short_of=1)


@step("確認用パスワードを続けて間違えた後の利用解除は、宣言に応じて次のとおりになる")
@by_declaration(outcomes.CONFIRMATION_LIMIT)
def _(context):
    context.world.declared.confirmation_limit()


@step("全角数字のワンタイムパスワードでの利用解除は、宣言に応じて次のとおりになる")
@by_declaration(outcomes.OTP_FULL_WIDTH)
def _(context):
    context.world.declared.full_width_code()


@step("前後に空白の付いたワンタイムパスワードでの利用解除は、宣言に応じて次のとおりになる")
@by_declaration(outcomes.OTP_BLANKS)
def _(context):
    context.world.declared.trimmed_code()
