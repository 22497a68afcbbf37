"""時計を進める文。待つのはハーネスの時計の役目で、ここでは時刻を告げるだけ。"""

from datetime import timedelta

from behave import step

from otp_conformance.people import procedures


@step("時計が時間枠の{int}秒目を指している")
def _(context, second):
    context.world.time.to_step(context.world.time.step() + 1, second)


@step("時計を日付の替わる1分前まで進める")
def _(context):
    context.world.time.to_next_day(23, 59)


@step("時計を次の時間枠まで進める")
def _(context):
    context.world.time.to_step(context.world.time.step() + 1)


@step("時計を一つ前の時間枠まで戻す")
def _(context):
    context.world.time.set_back(timedelta(seconds=context.world.time.step_seconds))


@step("時計を遠い先の{span}後まで進める")
def _(context, span):
    procedures.move_far(context.world.scene, context.world.time.now() + span)


@step("時計を{span}戻す")
def _(context, span):
    context.world.time.set_back(span)


@step("時計を{span}進める")
def _(context, span):
    context.world.time.advance(span)


@step("時計を翌日の午前{int}時{int}分まで進める")
def _(context, hour, minute):
    context.world.people.to_next_day(hour, minute)


@step("時計を{person}のトークンの値の先頭が0になる少し前まで進める")
def _(context, person):
    procedures.near_leading_zero(context.world.person(person))


@step("時計を{moment}まで進める")
def _(context, moment):
    context.world.time.move_to(moment)
