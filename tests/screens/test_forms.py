"""What leaves the screens: which values, by which button, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pretend_bank import BASE, PretendBank, declaration, form, page

from otp_conformance.agent.port import ExtraInput
from otp_conformance.screens.parts import KEYBOARD, declared_parts
from otp_conformance.screens.site import Site
from otp_conformance.specification.manual import bundled
from otp_conformance.specification.words import Kind

Sent = dict[str, str]
SCREENS = bundled().screens
BRANCH = ExtraInput(("支店番号",), "007")


def sent_by(body: str, act: Callable[[Site], None], *extras: ExtraInput) -> tuple[str, Sent]:
    """Return what the last request was after something is done on a page."""
    other = page("トップページ")
    bank = PretendBank(
        {"GET /": page("画面", body), "POST /sent": other, "POST /back": other, "POST /stop": other}
    )
    site = Site(bank.agents().new(), declaration(), BASE, extras)
    site.open_start()
    act(site)
    return bank.asked[-1]


LOGIN = form(
    "/sent",
    "支店番号=branch",
    "ログインID=id",
    "ログインパスワード=pw:password",
    "ワンタイムパスワード=otp",
    button="ログイン",
)
ACTIVATION = form("/sent", "シリアル番号=serial", "ワンタイムパスワード=otp", button="利用開始する")
CODE_ONLY = form("/sent", "ワンタイムパスワード=otp", button="利用開始する")
DEACTIVATION = form(
    "/sent", "確認用パスワード=pw:password", "ワンタイムパスワード=otp", button="解除する"
)
TWO_WAYS_OUT = form("/back", button="戻る") + form("/stop", button="申込を中止する")


@pytest.mark.parametrize("otp", ["123456", None])
def test_what_the_login_holds_when_it_is_filled(otp: str | None) -> None:
    def act(site: Site) -> None:
        site.login.fill("taro", "himitsu", otp)
        site.login.press_submit()

    _, sent = sent_by(LOGIN, act, BRANCH)
    assert sent == {"branch": "007", "id": "taro", "pw": "himitsu", "otp": otp or ""}


@pytest.mark.parametrize("fill_only", [True, False])
def test_the_second_page_of_the_login(*, fill_only: bool) -> None:
    def act(site: Site) -> None:
        if fill_only:
            site.login_otp.fill("123456")
            site.login_otp.press_submit()
        else:
            site.login_otp.submit("123456")

    body = form("/sent", "ワンタイムパスワード=otp", button="ログイン")
    assert sent_by(body, act) == ("POST /sent", {"otp": "123456"})


def test_what_an_activation_holds_when_it_is_filled() -> None:
    def act(site: Site) -> None:
        site.activation.fill("10110998", "123456")
        site.activation.press_submit()

    assert sent_by(ACTIVATION, act)[1] == {"serial": "10110998", "otp": "123456"}


@pytest.mark.parametrize("body", [ACTIVATION, CODE_ONLY])
def test_an_activation_in_software_takes_the_code_alone(body: str) -> None:
    def act(site: Site) -> None:
        site.activation.of(Kind.SOFTWARE).submit("123456")

    what, sent = sent_by(body, act)
    assert (what, sent["otp"], sent.get("serial", "")) == ("POST /sent", "123456", "")


@pytest.mark.parametrize("code", ["123456", None])
def test_what_a_deactivation_holds_when_it_is_filled(code: str | None) -> None:
    def act(site: Site) -> None:
        site.deactivation.fill("himitsu", code)
        site.deactivation.press_submit()

    assert sent_by(DEACTIVATION, act)[1] == {"pw": "himitsu", "otp": code or ""}


@pytest.mark.parametrize(
    ("act", "address"),
    [
        (lambda site: site.activation.back(), "POST /back"),
        (lambda site: site.activation.cancel(), "POST /stop"),
        (lambda site: site.activation.of(Kind.SOFTWARE).back(), "POST /back"),
        (lambda site: site.activation.of(Kind.SOFTWARE).cancel(), "POST /stop"),
        (lambda site: site.kind_selection.back(), "POST /back"),
        (lambda site: site.issue_confirm.back(), "POST /back"),
        (lambda site: site.deactivation.back(), "POST /back"),
    ],
)
def test_ways_out(act: Callable[[Site], None], address: str) -> None:
    assert sent_by(TWO_WAYS_OUT, act) == (address, {})


@pytest.mark.parametrize(
    ("press", "button"),
    [
        (lambda site: site.portal.press("activate"), "ワンタイムパスワード利用開始"),
        (lambda site: site.portal.to_top(), "トップページへ"),
    ],
)
def test_buttons_of_the_portal(press: Callable[[Site], None], button: str) -> None:
    body = form("/back", button="トークン発行") + form("/sent", button=button)
    assert sent_by(body, press) == ("POST /sent", {})


def test_a_completion_is_that_of_its_kind() -> None:
    site = Site(PretendBank({}).agents().new(), declaration(), BASE)
    complete = site.activation_complete
    assert complete.of(Kind.HARDWARE) is complete
    assert complete.of(Kind.SOFTWARE).key == "software_activation_complete"
    assert site.deactivation.of(Kind.SOFTWARE) is site.deactivation


@pytest.mark.parametrize(("shown", "read"), [("ご案内 [BTW012]", "BTW012"), ("ご案内", "")])
def test_a_screen_id_in_brackets(shown: str, read: str) -> None:
    bank = PretendBank({"GET /": page("画面", f"<p>{shown}</p>")})
    site = Site(bank.agents().new(), declaration(), BASE)
    site.open_start()
    assert site.screen_id() == read


class TestDeclaredParts:
    @pytest.mark.parametrize(("flow", "asked"), [("one_page", True), ("two_page", False)])
    def test_the_login_asks_the_code_on_its_one_page(self, flow: str, *, asked: bool) -> None:
        given = declaration(login={"flow": flow})
        assert ("otp.field" in declared_parts(SCREENS["login"], given).fields) is asked
        assert declared_parts(SCREENS["top"], given).fields == ()
        assert declared_parts(SCREENS["kind"], given).fields == ()

    @pytest.mark.parametrize("control", [True, False])
    def test_the_top_page_has_the_declared_way_out(self, *, control: bool) -> None:
        given = declaration(login={"logout_control": control})
        assert declared_parts(SCREENS["top"], given).actions == ("logout.button",) * control
        assert declared_parts(SCREENS["login"], given).actions == ("login.button",)

    @pytest.mark.parametrize("asked", [True, False])
    def test_a_deactivation_asks_the_code_as_declared(self, *, asked: bool) -> None:
        given = declaration(ics={"otp_on_deactivation": asked})
        parts = declared_parts(SCREENS["deactivation"], given)
        assert parts.fields == ("confirmation.field", *("otp.field",) * asked)
        assert "otp.field" in declared_parts(SCREENS["activation"], given).fields
        assert "otp.field" in declared_parts(SCREENS["login_otp"], given).fields

    @pytest.mark.parametrize(
        ("offered", "screens", "there"),
        [
            (True, ("deactivation",), True),
            (True, ("issue_confirm",), False),
            (False, ("deactivation",), False),
        ],
    )
    def test_the_keyboard(self, *, offered: bool, screens: tuple[str, ...], there: bool) -> None:
        given = declaration(ics={"on_screen_keyboard": offered}, keyboard={"screens": screens})
        assert (KEYBOARD in declared_parts(SCREENS["deactivation"], given).actions) is there


CUT = '<form method="post" action="/sent">{0}<button>利用開始する</button></form>'
FIELD = "<label>{0}<input name={1} type={2} {3}></label>"


@pytest.mark.parametrize(
    ("kind", "more", "as_request"),
    [
        ("text", "", False),
        ("text", "maxlength=6", False),
        ("text", "maxlength=5", True),
        ("password", "maxlength=6", False),
        ("password", "maxlength=5", True),
    ],
)
def test_only_what_the_page_would_alter_is_sent_past_it(
    kind: str, more: str, *, as_request: bool
) -> None:
    body = CUT.format(FIELD.format("ワンタイムパスワード", "otp", kind, more))
    bank = PretendBank({"GET /": page("画面", body), "POST /sent": page("トップページ")})
    site = Site(bank.agents().new(), declaration(), BASE)
    site.open_start()
    pressed: list[str] = []
    screen = site.activation.of(Kind.SOFTWARE)
    screen.press_submit = lambda: pressed.append("pressed")  # type: ignore[method-assign]
    screen.submit("123456")
    assert pressed == ([] if as_request else ["pressed"])
    if as_request:
        assert bank.asked[-1] == ("POST /sent", {"otp": "123456"})


def test_a_product_without_logout_is_left_without_its_cookies() -> None:
    site = Site(PretendBank({}).agents().new(), declaration(login={"logout_control": False}), BASE)
    forgotten: list[bool] = []
    site.agent.forget_cookies = lambda: forgotten.append(True)  # type: ignore[method-assign]
    site.logout()
    assert forgotten == [True]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("<h1>一つ目</h1><h2>二つ目</h2>", "画面「一つ目」"),
        ("", "画面「窓の題名」"),
    ],
)
def test_a_page_is_described_by_its_first_heading(body: str, told: str) -> None:
    bank = PretendBank({"GET /": f"<title>窓の題名</title>{body}"})
    site = Site(bank.agents().new(), declaration(), BASE)
    site.open_start()
    assert site.describe() == f"{told}、HTTP 200"


@pytest.mark.parametrize(
    ("password", "state", "sent"),
    [("", "disabled", False), ("", "", True), ("himitsu", "", True)],
)
def test_a_login_that_the_page_does_not_let_go_is_left(
    password: str, state: str, *, sent: bool
) -> None:
    body = LOGIN.replace("<button>", f"<button {state}>")
    bank = PretendBank({"GET /": page("画面", body), "POST /sent": page("トップページ")})
    site = Site(bank.agents().new(), declaration(), BASE)
    site.open_start()
    assert site.login.submit("taro", password) is sent
    assert ("POST /sent" in [what for what, _ in bank.asked]) is sent
