"""トークンの有効期限の後。扱いは実装宣言に従う。"""

from behave import step

from otp_conformance.judging import outcomes
from otp_conformance.judging.outcomes import by_declaration
from otp_conformance.people import procedures


@step("時計を{person}のトークンの有効期限の翌日まで進める")
def _(context, person):
    procedures.let_expire(context.world.person(person))


@step("時計を{person}のトークンの有効期限の{span}前まで進める")
def _(context, person, span):
    procedures.let_expire(context.world.person(person), -span)


@step("時計を{person}のトークンの有効期限の{span}後まで進める")
def _(context, person, span):
    procedures.let_expire(context.world.person(person), span)


@step("時計を遠い先の{moment}まで進める")
def _(context, moment):
    procedures.move_far(context.world.people.scene, moment)


@step("{person}のトークンの有効期限は残っている")
def _(context, person):
    procedures.require_valid_token(context.world.person(person))


@step("有効期限を過ぎたトークンでのログインは、宣言に応じて次のとおりになる")
@by_declaration(outcomes.EXPIRED)
def _(context):
    context.world.declared.expired_login()


@step("有効期限を過ぎたトークンでの利用開始登録は、宣言に応じて次のとおりになる")
@by_declaration(outcomes.EXPIRED)
def _(context):
    context.world.declared.expired_activation()
