"""ワンタイムパスワード認証の停止。回数は実装宣言に従う。"""

from behave import step

from otp_conformance.judging import outcomes
from otp_conformance.judging.outcomes import by_declaration
from otp_conformance.people import procedures
from otp_conformance.people.codes import MALFORMED


@step("{person}が一定回数続けてワンタイムパスワードを間違えている")
def _(context, person):
    procedures.mistake_at_login(context.world.person(person), context.world.threshold)


@step("{person}が停止の一回手前まで、ワンタイムパスワードを続けて間違えている")
def _(context, person):
    procedures.mistake_at_login(context.world.person(person), context.world.threshold - 1)


@step("{person}がもう一回ワンタイムパスワードを間違えている")
def _(context, person):
    procedures.mistake_at_login(context.world.person(person), 1)


@step("{person}が同じ誤ったワンタイムパスワードを、一定回数続けて入力している")
def _(context, person):
    customer = context.world.person(person)
    procedures.mistake_at_login(customer, 1)
    procedures.mistake_at_login(customer, context.world.threshold - 1, "同じ")


@step("{person}がワンタイムパスワードを一回間違えている")
def _(context, person):
    procedures.mistake_at_login(context.world.person(person), 1)


@step("{person}がさらに{int}回ワンタイムパスワードを間違えている")
def _(context, person, times):
    procedures.mistake_at_login(context.world.person(person), times)


@step("{person}が利用解除の画面で、一定回数続けてワンタイムパスワードを間違えている")
def _(context, person):
    procedures.mistake_at_deactivation(context.world.person(person), context.world.threshold)


@step("{person}が利用解除の画面で、停止の一回手前までワンタイムパスワードを続けて間違えている")
def _(context, person):
    procedures.mistake_at_deactivation(context.world.person(person), context.world.threshold - 1)


@step("{person}が利用開始登録の画面で、一定回数続けてワンタイムパスワードを間違えている")
def _(context, person):
    procedures.mistake_at_activation(context.world.person(person), context.world.threshold)


@step("{person}がログインし直して、届いたトークンで利用開始登録を試みる")
def _(context, person):
    procedures.activate_after_new_login(context.world.person(person))


@step("誤りを重ねた後の利用開始登録は、誤りの数え方の宣言に応じて次のとおりになる")
@by_declaration(outcomes.MISTAKES_AT_ACTIVATION)
def _(context):
    context.world.declared.activation_mistakes()


@step("{person}が{code}ワンタイムパスワードを入力している")
def _(context, person, code):
    procedures.mistake_at_login(context.world.person(person), 1, code)


@step("{person}が形の合わないワンタイムパスワードを{int}回入力している")
def _(context, person, times):
    procedures.mistake_at_login(context.world.person(person), times, *MALFORMED)


@step("{person}が使用済みのワンタイムパスワードを一定回数続けて入力している")
def _(context, person):
    procedures.mistake_at_login(context.world.person(person), context.world.threshold, "同じ")


@step("{person}が停止の一回手前まで間違えてから正しくログインすることを、{int}回繰り返す")
def _(context, person, times):
    procedures.almost_suspend_repeatedly(context.world.person(person), times)


@step("毎回ログインできている")
def _(context):
    context.world.judge.every_repeated_login()


@step("{person}が毎回新しいワンタイムパスワードで{int}回続けてログインを試みる")
def _(context, person, times):
    context.world.person(person).log_in_repeatedly(times)


@step("認証が停止しているため、ログインは{int}回とも拒否される")
def _(context, times):
    context.world.judge.last_logins_refused(times)


@step("認証が停止しているため、ログインは拒否される")
def _(context):
    context.world.judge.login_refused()


@step("形の合わない値を入力した後のログインは、誤りの数え方の宣言に応じて次のとおりになる")
@by_declaration(outcomes.MALFORMED)
def _(context):
    context.world.declared.counted("malformed", failures=3)


@step("許容幅より古い値を入力した後のログインは、誤りの数え方の宣言に応じて次のとおりになる")
@by_declaration(outcomes.STALE)
def _(context):
    context.world.declared.counted("stale", failures=1)


@step("許容幅より先の値を入力した後のログインは、誤りの数え方の宣言に応じて次のとおりになる")
@by_declaration(outcomes.FUTURE)
def _(context):
    context.world.declared.counted("future", failures=1)


@step("別のトークンの値を入力した後のログインは、誤りの数え方の宣言に応じて次のとおりになる")
@by_declaration(outcomes.OTHER_TOKEN)
def _(context):
    context.world.declared.counted("other_token", failures=1)


@step("日付が替わった後のログインは、誤りの数え方の宣言に応じて次のとおりになる")
@by_declaration(outcomes.OVER_MIDNIGHT)
def _(context):
    context.world.declared.over_midnight()


@step("使用済みの値を入力した後のログインは、誤りの数え方の宣言に応じて次のとおりになる")
@by_declaration(outcomes.REUSED)
def _(context):
    context.world.declared.counted("reused", failures=context.world.threshold)


@step("利用解除の画面で間違えた後のログインは、誤りの数え方の宣言に応じて次のとおりになる")
@by_declaration(outcomes.MISTAKES_AT_DEACTIVATION)
def _(context):
    context.world.declared.deactivation_mistakes()


@step("二つの画面で間違えた後のログインは、誤りの数え方の宣言に応じて次のとおりになる")
@by_declaration(outcomes.MIXED_MISTAKES)
def _(context):
    context.world.declared.mixed_mistakes()


@step("対照として、職員が停止状態を解除すれば{person}はログインできる")
def _(context, person):
    context.world.judge.unlock_control(context.world.person(person))


@step("{person}が前のブラウザーに戻り、申請内容選択の画面を開く")
def _(context, person):
    context.world.person(person).return_to_former_browser()
    context.world.person(person).walk_to_portal()


@step("停止した後の利用解除は、ログイン中の画面の宣言に応じて次のとおりになる")
@by_declaration(outcomes.LIVE_SESSION)
def _(context):
    context.world.declared.deactivation_when_stopped()


@step("停止する前からログインしていた画面は、宣言に応じて次のとおりになる")
@by_declaration(outcomes.LIVE_SESSION)
def _(context):
    context.world.declared.live_session()
