"""Steps of the tiny suite, one for each way in which a scenario can end."""

import http.client
import os
import signal
import urllib.request

from behave import given, then, when

from otp_conformance.calls.trouble import server_error
from otp_conformance.verdict.outcome import EnvironmentTrouble


@given("準備がある")
def step_prepared(context):
    context.prepared = True


@given("準備が整わない")
def step_unprepared(context):
    context.case.confirm("準備", False, expected="整う", observed="整わない")


@when("{int} を確かめる")
def step_number(context, number):
    context.number = number


@then("満たされる")
def step_holds(context):
    context.case.confirm("事実", True, expected="満たす", observed="満たす")


@then("満たされない")
def step_does_not_hold(context):
    context.case.confirm("事実", False, expected="満たす", observed="満たさない")


@then("拒否される")
def step_refused(context):
    context.case.refused("拒否", True, expected="拒否", observed="拒否")


@then("対照は成功する")
def step_control(context):
    context.case.control("対照", True, expected="成功", observed="成功")


@then("試験装置がこわれる")
def step_breaks(context):
    raise ZeroDivisionError("分母が 0")


@then("秘密を観測する")
def step_secret(context):
    secret = context.world.secret
    context.case.confirm("秘密", False, expected="見えない", observed=f"見えた {secret}")


@then("何も確かめない")
def step_nothing(context):
    pass


@when("画面が一時出ない")
def step_away(context):
    def ask() -> None:
        raise server_error("画面を開く", context.world.base_url, 503, reads=True)

    context.world.reconnecting.reading(ask, lambda: None)


@when("検査対象が落ちる")
def step_kill(context):
    try:
        for _ in range(3):  # the last answer may come before the end
            urllib.request.urlopen(context.world.base_url + "/die", timeout=10)
    except (OSError, http.client.HTTPException) as error:
        raise EnvironmentTrouble(expected="応答", observed="応答がない") from error


@when("止まるまで待つ")
def step_wait(context):
    context.world.wait()


@when("実施している側が落ちる")
def step_kill_worker(context):
    os.kill(os.getpid(), signal.SIGKILL)
