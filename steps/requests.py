"""画面からは送られない内容、同じ内容の送り直し、入力の境目。"""

from behave import step

from otp_conformance.assets.port import Need
from otp_conformance.judging import outcomes
from otp_conformance.judging.outcomes import by_declaration
from otp_conformance.people import alterations, at_once, procedures, repeats
from otp_conformance.people.attempt import Action
from otp_conformance.specification.words import Status


@step("{person}が{action}のときに、{alteration}")
def _(context, person, action, alteration):
    alterations.send_altered(context.world.person(person), action, alteration)


@step("{person}が、別の送付先を書き足して発行を申請し、拒否されたときは書き足さずに申請し直す")
def _(context, person):
    alterations.issue_with_address(context.world.person(person))


@step("{person}が、どちらでもない三つ目の種類に書き換えて種類を選ぶ")
def _(context, person):
    alterations.select_kind(context.world.person(person), third=True)


@step("種類の選択は拒否される")
def _(context):
    context.world.judge.refused()


@step("{person}が、どちらでもない三つ目の種類に書き換えて発行を申請する")
def _(context, person):
    alterations.issue_third_kind(context.world.person(person))


@step("対照として、種類を書き換えなければ{person}は発行確認の画面へ進める")
def _(context, person):
    world = context.world
    world.judge.control(alterations.select_kind(world.person(person), third=False))


@step("対照として、種類を書き換えなければ{person}は発行を申請できる")
def _(context, person):
    world = context.world
    customer = world.person(person)
    world.judge.control_done(alterations.issue_third_kind(customer, third=False), customer)


@step("{person}が{action}を終えた後、同じ内容をもう一度送る")
def _(context, person, action):
    repeats.repeat(context.world.person(person), Action(action))


@step("{person}が利用開始登録と利用解除を終えた後、登録のときの内容をもう一度送る")
def _(context, person):
    repeats.activate_deactivate_repeat(context.world.person(person))


@step("{person}が{action}を終えた後、ブラウザーで前の画面へ戻り、ボタンが残っていればもう一度押す")
def _(context, person, action):
    repeats.press_again(context.world.person(person), Action(action))


@step(
    "{person}が別のブラウザーで利用を始めた後に、先に開いておいた画面から{serial}シリアル番号と{code}ワンタイムパスワードを送る"
)
def _(context, person, serial, code):
    world = context.world
    repeats.activate_from_stale(world.person(person), serial, code)


@step("{person}が{kept}を開いたまま、別のブラウザーに移る")
def _(context, person, kept):
    repeats.keep_open(context.world.person(person), kept)


@step("{person}が前のブラウザーに戻り、開いたままの{kept}から送る")
def _(context, person, kept):
    repeats.send_kept(context.world.person(person), kept)


@step("{person}が前のブラウザーに戻り、開いたままの{kept}から{code}ワンタイムパスワードを送る")
def _(context, person, kept, code):
    repeats.send_kept(context.world.person(person), kept, code)


@step("{person}が、もう一度表示された{kept}に{code}ワンタイムパスワードを入力して送る")
def _(context, person, kept, code):
    repeats.again_on_page(context.world.person(person), kept, code)


@step("{person}が一つの入力の画面に、誤ったワンタイムパスワードを一定回数続けて入力している")
def _(context, person):
    repeats.mistake_on_one_page(context.world.person(person), context.world.threshold)


@step("{person}と別のお客さまが{serial}シリアル番号で同時に登録すると、一人だけが受け付けられる")
def _(context, person, serial):
    context.world.judge.one_of_two_customers(context.world.person(person), serial)


@step("{person}が{form}で正しく入力し、{ending}から送る")
def _(context, person, form, ending):
    repeats.send_after(context.world.person(person), form, ending)


@step("{person}が同じブラウザーで{form}を二つ開き、どちらからも正しく入力して送る")
def _(context, person, form):
    repeats.send_two(context.world.person(person), form)


@step("ログインが切れた後の{action}は成立しない")
def _(context, action):
    context.world.judge.not_done()


@step("{person}がログインを終えた後、ログアウトし、同じ内容をもう一度送る")
def _(context, person):
    repeats.log_in_again_after_logout(context.world.person(person))


@step(
    "{person}がログインを終えた後、ログアウトし、ログインのときのCookieごと同じ内容をもう一度送る"
)
def _(context, person):
    repeats.log_in_again_after_logout(context.world.person(person), with_cookies=True)


@step("{person}がログインのときに、使ったワンタイムパスワードを{respelt}送る")
def _(context, person, respelt):
    repeats.log_in_respelt(context.world.person(person), respelt)


@step("{person}の有効な申請は一件だけである")
def _(context, person):
    context.world.judge.one_live_order(context.world.person(person))


@step("{person}が別のブラウザーで利用解除した後に、先に開いておいた画面から利用解除を送る")
def _(context, person):
    repeats.deactivate_from_stale(context.world.person(person))


@step("対照として、まだ登録していない別のお客さまは、先に開いておいた画面から登録できる")
def _(context):
    other = context.world.control_customer(Status.ISSUED)
    attempt = repeats.send_opened_before(other, Action.ACTIVATION)
    context.world.judge.control_done(attempt, other)


@step("対照として、まだ解除していない別のお客さまは、先に開いておいた画面から解除できる")
def _(context):
    other = context.world.control_customer(Status.IN_SERVICE)
    attempt = repeats.send_opened_before(other, Action.DEACTIVATION)
    context.world.judge.control_done(attempt, other)


@step(
    "{person}が同じワンタイムパスワードを二つのブラウザーから同時に送ると、一方だけがログインできる"
)
def _(context, person):
    context.world.judge.one_of_two_gets_in(context.world.person(person))


@step("{person}が{form}から同じ入力を二つのブラウザーで同時に送ると、一方だけが受け付けられる")
def _(context, person, form):
    context.world.judge.one_of_two_is_taken(context.world.person(person), form)


@step("{person}が{form}から同じ入力を二つのブラウザーで同時に送る")
def _(context, person, form):
    at_once.twice_at_once(context.world.person(person), form)


@step("{person}が一定回数の誤りを同時に送ると、一回ずつ数えられ、ログインは拒否される")
def _(context, person):
    context.world.judge.counted_at_once(context.world.person(person))


@step("{person}が停止の一回手前までの誤りを同時に送っている")
def _(context, person):
    at_once.mistakes_at_once(context.world.person(person), context.world.threshold - 1)


@step("{person}が開いたままの画面から誤りを送るのと同時に、職員が停止状態を解除する")
def _(context, person):
    at_once.unlock_beside_mistake(context.world.person(person))


@step(
    "{person}が正しいワンタイムパスワードとともに、ログインパスワードを一定回数続けて間違えている"
)
def _(context, person):
    procedures.mistake_password(context.world.person(person), context.world.threshold)


@step("ログインパスワードを間違えた後のログインは、誤りの数え方の宣言に応じて次のとおりになる")
@by_declaration(outcomes.WITH_WRONG_PASSWORD)
def _(context):
    context.world.declared.counted("with_wrong_password", failures=context.world.threshold)


@step("確認用パスワードの長さが宣言された最短で、ワンタイムパスワードを利用中の{person}がいる")
def _(context, person):
    context.world.people.introduce_with_length(person, "最短", Status.IN_SERVICE)


@step("確認用パスワードの長さが宣言された最長で、ワンタイムパスワードを利用中の{person}がいる")
def _(context, person):
    context.world.people.introduce_with_length(person, "最長", Status.IN_SERVICE)


@step("シリアル番号が0で始まるハードウェアトークンが手元に届いた{person}がいる")
def _(context, person):
    context.world.introduce(person, Need(Status.ISSUED, serial_prefix="0"))


@step("前後に空白の付いたシリアル番号での利用開始登録は、宣言に応じて次のとおりになる")
@by_declaration(outcomes.SERIAL_BLANKS)
def _(context):
    context.world.declared.trimmed()
