"""画面に表示されるもの。項目の語彙は features/screens.toml にある。"""

from behave import step

from otp_conformance.judging import buttons, outcomes
from otp_conformance.judging.outcomes import by_declaration
from otp_conformance.people import places


@step("{person}が{screen}まで進む")
def _(context, person, screen):
    places.walk(context.world.person(person), screen)


@step("{person}がログイン画面を表示する")
def _(context, person):
    customer = context.world.person(person)
    customer.site.login.open(customer.account.login_id)


@step("画面に次のものがある")
def _(context):
    rows = [(row["項目"], row["要件"].split()) for row in context.table]
    context.world.screen.contents(rows)


@step("画面に{quoted}は表示されていない")
def _(context, phrase):
    context.world.screen.absent(phrase)


@step("{screen}の画面IDは、宣言に応じて次のとおりである")
@by_declaration(outcomes.SCREEN_ID)
def _(context, screen):
    context.world.screen.screen_id(screen)


@step("発行完了の画面に受付の旨が表示される場合は、以後の流れも表示される")
def _(context):
    context.world.screen.issue_message()


@step("注意事項欄の文を記録に残す")
def _(context):
    context.world.screen.notice_recorded()


@step("{person}に{quoted}ボタンが、宣言に応じて次のように示される")
@by_declaration(outcomes.BUTTON_PRESENTED)
def _(context, person, button):
    buttons.presented(context.world.person(person), button)


@step("{person}の{quoted}ボタンから、宣言に応じて次のように進む")
@by_declaration(outcomes.BUTTON_EFFECT)
def _(context, person, button):
    buttons.takes_effect(context.world.people, context.world.person(person), button)


@step("{quoted}のとき、拒否されたことが画面から分かる")
def _(context, reason):
    context.world.screen.refusal_told(reason)
