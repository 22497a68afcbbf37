"""トークンの有効期限の後。扱いは実装宣言に従う。"""

from behave import step

from otp_conformance.people import procedures


@step("時計を{person}のトークンの有効期限の翌日まで進める")
def _(context, person):
    procedures.let_expire(context.world.person(person))


@step("有効期限を過ぎたトークンでのログインは宣言どおりに扱われる")
def _(context):
    context.world.declared.expired_login()


@step("有効期限を過ぎたトークンでの利用開始登録は宣言どおりに扱われる")
def _(context):
    context.world.declared.expired_activation()
