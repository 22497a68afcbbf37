"""ログインとログアウト。"""

from behave import step

from otp_conformance.judging import outcomes
from otp_conformance.judging.outcomes import by_declaration
from otp_conformance.people import attacks, procedures


@step("{person}がログインしている")
def _(context, person):
    context.world.person(person).ensure_logged_in()


@step("{person}が{code}ワンタイムパスワードでログインしている")
def _(context, person, code):
    context.world.person(person).log_in(code).require_accepted()


@step("{person}が{code}ワンタイムパスワードでログインを試みる")
def _(context, person, code):
    context.world.person(person).log_in(code)


@step("{person}がログインパスワードだけでログインを試みる")
def _(context, person):
    context.world.person(person).log_in(None)


@step("{person}が誤ったログインパスワードと{code}ワンタイムパスワードでログインを試みる")
def _(context, person, code):
    context.world.person(person).log_in_with_wrong_password(code)


@step("{person}が空のログインパスワードと{code}ワンタイムパスワードでログインを試みる")
def _(context, person, code):
    context.world.person(person).log_in(code, password="")


@step("{person}が別のお客さまのログインパスワードと{code}ワンタイムパスワードでログインを試みる")
def _(context, person, code):
    customer = context.world.person(person)
    customer.log_in(code, password=customer.password_of_another())


@step(
    "{person}が末尾の一文字が欠けたログインパスワードと{code}ワンタイムパスワードでログインを試みる"
)
def _(context, person, code):
    customer = context.world.person(person)
    customer.log_in(code, password=customer.account.login_password[:-1])


@step(
    "{person}がログインパスワードの欄に確認用パスワードを入力し、{code}ワンタイムパスワードでログインを試みる"
)
def _(context, person, code):
    procedures.log_in_with_confirmation(context.world.person(person), code)


@step(
    "{person}がログインパスワードの欄にもワンタイムパスワードの欄にも{code}ワンタイムパスワードを入力してログインを試みる"
)
def _(context, person, code):
    procedures.log_in_with_code_twice(context.world.person(person), code)


@step("{person}が操作をしないまま、ログインの期限が切れている")
def _(context, person):
    procedures.let_login_run_out(context.world.person(person))


@step("{person}がログアウトし、別のお客さまが同じブラウザーでログインする")
def _(context, person):
    customer = context.world.person(person)
    customer.log_out()
    customer.other().share_browser_of(customer)
    customer.other().ensure_logged_in()


@step("ログインIDの書き方を変えても、{person}はログインパスワードだけではログインできない")
def _(context, person):
    attempts = attacks.log_in_respelt_without_otp(context.world.person(person))
    context.world.judge.all_refused(attempts)


@step("{person}がログインパスワードだけを入力して中断している")
def _(context, person):
    context.world.person(person).log_in(None)


@step("{person}が正しいワンタイムパスワードとともに、ログインパスワードを一回間違えている")
def _(context, person):
    procedures.mistake_password(context.world.person(person), 1)


@step("{person}がログアウトする")
def _(context, person):
    context.world.person(person).log_out()


@step("{person}がそのワンタイムパスワードを「先に使った値」として控えている")
def _(context, person):
    context.world.person(person).note_code()


@step("{person}が表示中のワンタイムパスワードを、使わずに控えている")
def _(context, person):
    context.world.person(person).note_unused_code()


@step("新しい値を使った後の、使わなかった前の値でのログインは、宣言に応じて次のとおりになる")
@by_declaration(outcomes.OLDER_AFTER_NEWER)
def _(context):
    context.world.declared.older_after_newer()


@step("ログインできる")
def _(context):
    context.world.judge.accepted()


@step("ログインは拒否される")
def _(context):
    context.world.judge.login_refused()


@step("ワンタイムパスワードを求められ、ログインは拒否される")
def _(context):
    context.world.judge.asked_for_otp()


@step("{person}は{code}ワンタイムパスワードでログインできる")
def _(context, person, code):
    context.world.judge.accepted(context.world.person(person).log_in(code))


@step("{person}は次もログインパスワードだけでログインできる")
def _(context, person):
    context.world.judge.accepted(context.world.person(person).log_in(None))


@step("{person}は毎回新しいワンタイムパスワードで{int}回続けてログインできる")
def _(context, person, times):
    attempts = context.world.person(person).log_in_repeatedly(times)
    context.world.judge.all_accepted(attempts)


@step("対照として、{person}は{code}ワンタイムパスワードでログインできる")
def _(context, person, code):
    context.world.judge.control(context.world.person(person).log_in(code))


@step("{person}のトークンの値は1分の間は同じで、次の1分に替わり、替わった値ですぐにログインできる")
def _(context, person):
    context.world.judge.changes_every_minute(context.world.person(person))


@step("{person}のトークンの値は宣言された桁数の半角数字である")
def _(context, person):
    context.world.judge.code_format(context.world.person(person))


@step("{person}のログインのワンタイムパスワードの入力欄は、宣言に応じて次の画面にある")
@by_declaration(outcomes.LOGIN_FLOW)
def _(context, person):
    context.world.declared.login_flow(context.world.person(person))


@step("前後に空白の付いたワンタイムパスワードでのログインは、宣言に応じて次のとおりになる")
@by_declaration(outcomes.OTP_BLANKS)
def _(context):
    context.world.declared.trimmed_code()


@step("ログインパスワードを間違えた後の、同じ値でのログインは、宣言に応じて次のとおりになる")
@by_declaration(outcomes.CODE_BESIDE_WRONG_PASSWORD)
def _(context):
    context.world.declared.code_beside_wrong_password()


@step("遅れ続けるトークンでのログインは、宣言に応じて次のとおりになる")
@by_declaration(outcomes.DRIFT)
def _(context):
    context.world.declared.drifted_code()


@step("全角数字でのログインは、宣言に応じて次のとおりになる")
@by_declaration(outcomes.OTP_FULL_WIDTH)
def _(context):
    context.world.declared.full_width_code()
