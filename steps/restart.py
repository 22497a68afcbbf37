"""組合のシステムの再起動。起こし方は実装宣言に従う。"""

from behave import step

from otp_conformance.judging import outcomes
from otp_conformance.judging.outcomes import by_declaration
from otp_conformance.people import procedures


@step("組合のシステムが再起動する")
def _(context):
    procedures.restart(context.world.scene)


@step("{person}が同じログインのまま申請内容選択へ進もうとする")
def _(context, person):
    context.world.person(person).walk_to_portal()


@step("再起動する前からログインしていた画面は、宣言に応じて次のとおりになる")
@by_declaration(outcomes.LOGIN_AT_RESTART)
def _(context):
    context.world.declared.login_after_restart()
