"""攻撃する者の振る舞いと、それに対する強さ（要件のセット「堅牢化」）。"""

from behave import step

from otp_conformance.people import attacks
from otp_conformance.people.attempt import Action
from otp_conformance.specification.words import Kind, Status


@step("停止中の{person}が、正しい値と誤った値で交互にログインを試みる")
def _(context, person):
    context.world.resistance.ask_suspended(context.world.person(person))


@step(
    "{person}が、どこにも存在しないシリアル番号、別のお客さまのシリアル番号、誤ったワンタイムパスワードで、代わる代わる利用開始登録を試みる"
)
def _(context, person):
    context.world.resistance.ask_at_activation(context.world.person(person))


@step("画面の答えは、どの場合も同じである")
def _(context):
    context.world.resistance.same_answers()


@step("{person}がログインIDの書き方を変えながら、一定回数続けてワンタイムパスワードを間違えている")
def _(context, person):
    attacks.mistake_in_turn(context.world.person(person), context.world.threshold)


@step("{person}が発行の確認用パスワードを、宣言された回数だけ続けて間違えている")
def _(context, person):
    attacks.guess_confirmation(context.world.person(person), Action.ISSUE)


@step("{person}が利用解除の確認用パスワードを、宣言された回数だけ続けて間違えている")
def _(context, person):
    attacks.guess_confirmation(context.world.person(person), Action.DEACTIVATION)


@step("対照として、間違えていない別のお客さまは利用解除できる")
def _(context):
    other = context.world.control_customer(Status.IN_SERVICE)
    context.world.judge.control_done(other.deactivate(), other)


@step("{person}がどこにも存在しないシリアル番号を、宣言された回数だけ続けて入力している")
def _(context, person):
    attacks.guess_serials(context.world.person(person))


@step("対照として、間違えていない別のお客さまは利用開始登録できる")
def _(context):
    other = context.world.control_customer(Status.ISSUED)
    context.world.judge.control_done(other.activate(), other)


@step("有効期限を過ぎたことが画面から分かる")
def _(context):
    context.world.resistance.names_expiry()


@step("他人がログイン画面で受け取ったCookieを、{person}のブラウザーに仕込んでいる")
def _(context, person):
    context.world.resistance.plant(attacks.plant_received(context.world.person(person)))


@step("他人が偽造したCookieを、{person}のブラウザーに仕込んでいる")
def _(context, person):
    context.world.resistance.plant(attacks.plant_invented(context.world.person(person)))


@step("他人はそのCookieではログインした画面に入れない")
def _(context):
    context.world.resistance.stranger_outside()


@step("対照として、{person}のブラウザーではログインした画面に入れる")
def _(context, person):
    context.world.resistance.inside(context.world.person(person))


@step("{person}がログアウトした後、控えておいたCookieをブラウザーに戻す")
def _(context, person):
    attacks.log_out_keeping_cookies(context.world.person(person))


@step("戻したCookieではログインした画面に入れない")
def _(context):
    context.world.resistance.ended_for_good(context.world.acting())


@step("対照として、ログアウトする前なら、{person}のCookieだけで入れる")
def _(context, person):
    customer = context.world.person(person)
    attacks.with_stolen_cookies(customer)
    context.world.resistance.inside(customer)


@step("{person}が{action}のときに、別のお客さまを名指しして送る")
def _(context, person, action):
    world = context.world
    world.resistance.name_another(world.person(person), action)


@step("{person}がログインのときに、過去の時刻を名乗って{code}ワンタイムパスワードを送る")
def _(context, person, code):
    attacks.claim_the_past(context.world.person(person), code)


@step("{person}がログアウトし、別のお客さまが同じブラウザーで、開いたままの発行確認の画面から送る")
def _(context, person):
    customer = context.world.person(person)
    attacks.send_as_another(customer, customer.other())


@step("対照として、別のお客さまは自分の画面からなら発行を申請できる")
def _(context):
    other = context.world.acting()
    context.world.judge.control_done(other.issue(Kind.HARDWARE), other)


@step("{person}の{action}が拒否された後、送った秘密の値は入力欄に残っていない")
def _(context, person, action):
    context.world.resistance.not_sent_back(context.world.person(person), action)


@step("その画面は、ほかのサイトの枠の中に表示できない")
def _(context):
    context.world.resistance.not_framed()


@step("{person}がそれまでに受け取った通知を控えている")
def _(context, person):
    context.world.resistance.note_notices(context.world.person(person))


@step("そのことを知らせる通知が{person}へ送られている")
def _(context, person):
    context.world.resistance.told_anew(context.world.person(person))


@step("{person}の{action}で送る内容をどのように崩しても、サーバーエラーにならない")
def _(context, person, action):
    context.world.resistance.stands_odd_requests(context.world.person(person), action)


@step("{person}のログイン中にほかのサイトの画面から送られた{action}は、行われない")
def _(context, person, action):
    context.world.resistance.sent_from_elsewhere(context.world.person(person), action)


@step("{person}の{action}の間、秘密の値がアドレスにもCookieにもヘッダーにも画面にも現れない")
def _(context, person, action):
    context.world.resistance.shows_no_secret(context.world.person(person), action)


@step(
    "{person}が転送元を名乗るヘッダーを変えながら、一定回数続けてワンタイムパスワードを間違えている"
)
def _(context, person):
    attacks.mistake_from_everywhere(context.world.person(person), context.world.threshold)


@step("別のホストを名乗るヘッダーを送っても、{person}のログインの画面の移る先は変わらない")
def _(context, person):
    context.world.resistance.not_led_elsewhere(context.world.person(person))
