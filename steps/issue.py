"""トークンの発行申請と、種類の切替。"""

from behave import step

from otp_conformance.judging import outcomes
from otp_conformance.judging.outcomes import by_declaration
from otp_conformance.people import procedures
from otp_conformance.specification.words import Kind, Status


@step("{person}がハードウェアトークンの発行を申請している")
def _(context, person):
    procedures.apply_when_open(context.world.person(person), Kind.HARDWARE)


@step("{person}がハードウェアトークンの発行を申請できる日になっている")
def _(context, person):
    procedures.wait_for_gate(context.world.person(person), Kind.HARDWARE)


@step("{person}が{confirmation}確認用パスワードで{kind}の発行を試みる")
def _(context, person, confirmation, kind):
    context.world.person(person).issue(kind, confirmation)


@step("{person}が確認用パスワードの欄にログインパスワードを入力して{kind}の発行を試みる")
def _(context, person, kind):
    context.world.person(person).issue(kind, "ログインパスワードと同じ")


@step("{person}がもう一度ハードウェアトークンの発行を試みる")
def _(context, person):
    context.world.person(person).issue(Kind.HARDWARE)


@step("{person}が「トークンを発行する」を二度続けて押す")
def _(context, person):
    context.world.person(person).issue_with_double_click()


@step("発行の申請が受け付けられる")
def _(context):
    context.world.judge.accepted()


@step("発行の申請は拒否される")
def _(context):
    context.world.judge.refused()


@step("大文字と小文字を入れ替えた確認用パスワードは、宣言に応じて次のとおりになる")
@by_declaration(outcomes.LETTER_CASE)
def _(context):
    context.world.declared.letter_case()


@step("もう一度の発行の申請は、宣言に応じて次のとおりになる")
@by_declaration(outcomes.APPLY_AGAIN)
def _(context):
    context.world.declared.reissue()


@step("対照として、{person}は{confirmation}確認用パスワードで{kind}の発行を申請できる")
def _(context, person, confirmation, kind):
    customer = context.world.person(person)
    attempt = customer.issue(kind, confirmation)
    context.world.judge.control_done(attempt, customer)


@step("対照として、申し込んでいない別のお客さまは{kind}の発行を申請できる")
def _(context, kind):
    other = context.world.control_customer(Status.NOT_REGISTERED)
    context.world.judge.control_done(other.issue(kind), other)


@step("{person}が{moment}に利用解除を終えている")
def _(context, person, moment):
    procedures.deactivate_at(context.world.person(person), moment)


@step("{person}がハードウェアトークンへの切替を試みる")
def _(context, person):
    procedures.try_start(context.world.person(person), Kind.HARDWARE)


@step("{person}がハードウェアトークンの利用を始め直そうとする")
def _(context, person):
    procedures.try_start(context.world.person(person), Kind.HARDWARE)


@step("{person}が新しい端末でソフトウェアトークンの利用を始め直そうとする")
def _(context, person):
    procedures.try_start(context.world.person(person), Kind.SOFTWARE)


@step("当日の切替は、宣言に応じて次のとおりになる")
@by_declaration(outcomes.NEXT_DAY_HARDWARE)
def _(context):
    context.world.declared.gate()


@step("翌日の切替は、宣言に応じて次のとおりになる")
@by_declaration(outcomes.NEXT_DAY_HARDWARE)
def _(context):
    context.world.declared.gate()
    context.world.declared.next_day_control(context.world.acting())


@step("対照として、拒否された{person}も翌日になればハードウェアトークンへの切替を始められる")
def _(context, person):
    context.world.declared.next_day_control(context.world.person(person))


@step("同じ種類の再発行は、宣言に応じて次のとおりになる")
@by_declaration(outcomes.NEXT_DAY_HARDWARE)
def _(context):
    context.world.declared.start(Kind.HARDWARE)


@step("当日の機種変更のための発行は、宣言に応じて次のとおりになる")
@by_declaration(outcomes.NEXT_DAY_SOFTWARE)
def _(context):
    context.world.declared.start(Kind.SOFTWARE)


@step("ハードウェアトークンからソフトウェアトークンへの切替は、宣言に応じて次のとおりになる")
@by_declaration(outcomes.HARDWARE_TO_SOFTWARE)
def _(context):
    context.world.declared.hardware_to_software()
