"""職員の仕事と、その記録。"""

from behave import step

from otp_conformance.judging import outcomes
from otp_conformance.judging.outcomes import by_declaration
from otp_conformance.people import procedures


@step("職員が{person}へトークンを発送する")
def _(context, person):
    procedures.deliver(context.world.person(person))


@step("職員が状況を確かめて{person}の停止状態を解除する")
def _(context, person):
    procedures.unlock_keeping_token(context.world.person(person))


@step("職員が{person}の停止状態を解除し、宣言された時間がたつ")
def _(context, person):
    procedures.unlock(context.world.person(person))


@step("停止状態を解除された{person}のログインは、宣言に応じて次のとおりになる")
@by_declaration(outcomes.AFTER_UNLOCK)
def _(context, person):
    context.world.declared.unlocked_login(context.world.person(person))


@step("失効したトークンでの誤りの後のログインは、誤りの数え方の宣言に応じて次のとおりになる")
@by_declaration(outcomes.OVER_REVOCATION)
def _(context):
    context.world.declared.over_revocation()


@step("職員が{person}のトークンを失効させている")
def _(context, person):
    procedures.revoke(context.world.person(person))


@step("職員が{person}のトークンを失効させる")
def _(context, person):
    procedures.revoke(context.world.person(person))


@step("{person}の発送の記録は{int}件である")
def _(context, person, count):
    context.world.judge.orders(context.world.person(person), count, dispatched=True)


@step("{person}の申請の記録は{int}件である")
def _(context, person, count):
    context.world.judge.orders(context.world.person(person), count)


@step("送付先は{person}の登録済みの住所である")
def _(context, person):
    context.world.judge.ship_to(context.world.person(person))


@step("発送されたトークンは利用解除したものとは別のシリアル番号である")
def _(context):
    context.world.judge.another_token()


@step("{person}は別々のトークンで発行から利用解除までを{int}回繰り返せる")
def _(context, person, times):
    context.world.declared.full_cycles(context.world.person(person), times)


@step("職員が利用解除したトークンを{person}へ発送しようとする")
def _(context, person):
    procedures.try_to_send_retired(context.world.person(person))


@step("発送は拒否される")
def _(context):
    context.world.judge.refused()


@step("対照として、職員は新しいトークンなら{person}へ発送できる")
def _(context, person):
    context.world.judge.control(procedures.send_new(context.world.person(person)))
