"""前提に現れるお客さまと、その手元のトークン。"""

from behave import step

from otp_conformance.people import procedures
from otp_conformance.specification.words import Kind, Status


@step("ワンタイムパスワードを申し込んでいない{person}がいる")
def _(context, person):
    context.world.introduce(person, Status.NOT_REGISTERED)


@step("ハードウェアトークンが手元に届いた{person}がいる")
def _(context, person):
    context.world.introduce(person, Status.ISSUED)


@step("シリアル番号が{int}桁のハードウェアトークンが手元に届いた{person}がいる")
def _(context, length, person):
    context.world.introduce(person, Status.ISSUED, serial_length=length)


@step("ワンタイムパスワードを利用中の{person}がいる")
def _(context, person):
    context.world.introduce(person, Status.IN_SERVICE)


@step("ソフトウェアトークンを利用中の{person}がいる")
def _(context, person):
    context.world.introduce(person, Status.IN_SERVICE, Kind.SOFTWARE)


@step("ワンタイムパスワード認証が停止している{person}がいる")
def _(context, person):
    context.world.introduce(person, Status.SUSPENDED)


@step("ハードウェアトークンを利用解除した{person}がいる")
def _(context, person):
    context.world.introduce(person, Status.DEACTIVATED)


@step("{person}に新しいトークンが届いている")
def _(context, person):
    procedures.receive_new_token(context.world.person(person))


@step("{person}が新しい端末でソフトウェアトークンの利用を始めている")
def _(context, person):
    procedures.start_software(context.world.person(person))


@step("{person}が別のブラウザに移る")
def _(context, person):
    context.world.person(person).change_browser()


@step("{person}が同じブラウザを使い続ける")
def _(context, person):
    context.world.person(person).site.open_start()


@step("{person}がブラウザに保存された情報をすべて消す")
def _(context, person):
    context.world.person(person).forget_cookies()


@step("{person}がブラウザを閉じる")
def _(context, person):
    context.world.person(person).close_browser()
