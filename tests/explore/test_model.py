"""What the model of the manual says, in the features' own sentences."""

from __future__ import annotations

import pytest

from otp_conformance.cli import bundle
from otp_conformance.declaration.model import Declaration
from otp_conformance.explore.deeds import SERIALS, Deed, Role, tell
from otp_conformance.people.customer import MAIN, OTHER
from otp_conformance.specification.words import Kind, Status

REFERENCE = bundle.load_declaration(None, None).declaration
THRESHOLD = REFERENCE.lockout.threshold
IN_SERVICE = ((MAIN, Role(Status.IN_SERVICE)),)


def changed(**keys: object) -> Declaration:
    """Return the reference declaration with other values; ``a__b`` is ``a.b``."""
    whole = REFERENCE
    for dotted, value in keys.items():
        section, _, key = dotted.partition("__")
        part = getattr(whole, section).model_copy(update={key: value})
        whole = whole.model_copy(update={section: part})
    return whole


def ends(*deeds: Deed, declaration: Declaration = REFERENCE, cast=IN_SERVICE) -> list[str]:
    """Return how the deeds end, the farewell left out; one line a deed that has an end."""
    story = tell(declaration, cast, deeds, look=False)
    assert len(story.deeds) == len(deeds), "a deed was left open"
    texts = [line.text for line in story.lines]
    last = next((i for i, text in enumerate(texts) if text.startswith("対照として")), len(texts))
    if last < len(texts) and texts[last] == f"対照として、{texts[last - 1]}":
        last -= 1
    return [line.text for line in story.lines[:last] if line.keyword == "ならば"]


def left_open(*deeds: Deed, declaration: Declaration = REFERENCE, cast=IN_SERVICE) -> bool:
    """Tell whether the last of the deeds is left open."""
    return tell(declaration, cast, deeds, look=False).deeds == tuple(deeds[:-1])


LOGGED_IN, REFUSED = "ログインできる", "ログインは拒否される"


@pytest.mark.parametrize(
    ("codes", "wanted"),
    [
        (["新しい"], [LOGGED_IN]),
        (["誤った"], [REFUSED]),
        (["新しい", "同じ"], [LOGGED_IN, REFUSED]),
        (["新しい", "同じ", "新しい"], [LOGGED_IN, REFUSED, LOGGED_IN]),
        (["許容幅でいちばん古い", "新しい"], [LOGGED_IN, LOGGED_IN]),
        (["許容幅より一つ古い"], [REFUSED]),
        (["許容幅でいちばん先の"], [LOGGED_IN]),
        (["許容幅より一つ先の"], [REFUSED]),
        (["10分前の", "10分先の", "空の"], [REFUSED] * 3),
    ],
)
def test_which_codes_log_in(codes: list[str], wanted: list[str]) -> None:
    assert ends(*(Deed("log_in", code=code) for code in codes)) == wanted


def test_the_last_of_so_many_mistakes_suspends_and_staff_lift_it() -> None:
    wrong, right = Deed("log_in", code="誤った"), Deed("log_in")
    assert ends(*[wrong] * (THRESHOLD - 1), right) == [REFUSED] * (THRESHOLD - 1) + [LOGGED_IN]
    assert ends(*[wrong] * THRESHOLD, right)[-1] == REFUSED
    assert ends(*[wrong] * THRESHOLD, right, Deed("unlock"), right)[-1] == LOGGED_IN


def test_a_right_login_starts_the_count_anew() -> None:
    almost, wrong, right = Deed("almost"), Deed("log_in", code="誤った"), Deed("log_in")
    assert ends(almost, right, wrong, right)[-1] == LOGGED_IN
    assert ends(almost, wrong, right)[-1] == REFUSED


@pytest.mark.parametrize("classes", [("wrong",), ("wrong", "reused")])
def test_whether_a_used_code_counts_is_declared(classes: tuple[str, ...]) -> None:
    deeds = [Deed("log_in"), Deed("almost"), *[Deed("log_in")], *[Deed("log_in", code="同じ")] * 5]
    declaration = changed(lockout__classes=classes)
    last = ends(*deeds, Deed("log_in"), declaration=declaration)[-1]
    assert last == (REFUSED if "reused" in classes else LOGGED_IN)


def test_what_nobody_says_is_left_open() -> None:
    late = [Deed("log_in", code="許容幅でいちばん先の"), Deed("log_in", code="表示中の")]
    assert left_open(*late)  # a code older than one that was used
    suspended = [Deed("log_in", code="誤った")] * THRESHOLD
    assert left_open(*suspended, Deed("log_in"), Deed("unlock"), Deed("log_in", code="同じ"))
    assert left_open(*suspended, Deed("status"))
    assert left_open(Deed("unlock"))
    night = changed(lockout__resets=("otp_success", "date_change"))
    assert left_open(Deed("log_in", code="誤った"), declaration=night)


def test_from_an_application_to_the_end() -> None:
    cast = ((MAIN, Role(Status.NOT_REGISTERED)),)
    assert ends(
        Deed("log_in_without"),
        Deed("apply", slip=1),
        Deed("apply"),
        Deed("dispatch"),
        Deed("activate", slip=1),
        Deed("activate"),
        Deed("status"),
        Deed("log_in", code="同じ"),
        Deed("deactivate", slip=1),
        Deed("deactivate"),
        Deed("status"),
        Deed("log_in_without"),
        cast=cast,
    ) == [
        LOGGED_IN,
        "発行の申請は拒否される",
        "発行の申請が受け付けられる",
        "利用開始登録は拒否される",
        "利用開始登録が完了する",
        "お客さまの登録状況は「サービス利用中」である",
        REFUSED,
        "利用解除は拒否される",
        "利用解除が完了する",
        "お客さまの登録状況は「未登録」である",
        LOGGED_IN,
    ]


@pytest.mark.parametrize(
    ("consumption", "wanted"),
    [("on_success", "利用解除が完了する"), ("on_submission", "利用解除は拒否される")],
)
def test_the_code_beside_a_wrong_confirmation_password(consumption: str, wanted: str) -> None:
    declaration = changed(otp__consumption=consumption)
    again = Deed("deactivate", code="同じ")
    assert ends(Deed("deactivate", slip=1), again, declaration=declaration)[-1] == wanted


def test_customers_do_not_touch_one_another() -> None:
    cast = (*IN_SERVICE, (OTHER, Role(Status.IN_SERVICE)))
    wrong = [Deed("log_in", code="誤った")] * THRESHOLD
    told = ends(*wrong, Deed("log_in", OTHER), Deed("log_in"), cast=cast)
    assert told[-2:] == [LOGGED_IN, REFUSED]
    foreign = [Deed("log_in", code="別のお客さまの"), Deed("log_in", OTHER)]
    assert ends(*foreign, cast=cast) == [REFUSED, LOGGED_IN]


def test_a_session_that_has_run_out_is_begun_anew_with_a_new_code() -> None:
    minutes = REFERENCE.sessions.idle_minutes
    idle = [Deed("ten_minutes")] * (minutes // 10 + 1)
    deeds = [Deed("log_in"), *idle, Deed("status"), Deed("log_in", code="同じ")]
    assert ends(*deeds)[-1] == REFUSED  # the very code that let in for the status


def cast_of(status: Status, kind: Kind = Kind.HARDWARE) -> tuple[tuple[str, Role], ...]:
    return ((MAIN, Role(status, kind)),)


SUSPENDED = cast_of(Status.SUSPENDED)
SOFTWARE = cast_of(Status.IN_SERVICE, Kind.SOFTWARE)
APPLIED, NOT_APPLIED = "発行の申請が受け付けられる", "発行の申請は拒否される"


def test_who_is_suspended_gets_in_by_no_way_until_staff_lift_it() -> None:
    tries = [Deed("log_in"), Deed("log_in_without"), Deed("log_in", code="空の"), Deed("one_day")]
    assert ends(*tries, Deed("log_in"), cast=SUSPENDED) == [REFUSED] * 4
    assert ends(*tries, Deed("unlock"), Deed("log_in"), cast=SUSPENDED)[-1] == LOGGED_IN
    assert left_open(Deed("deactivate"), cast=SUSPENDED)


@pytest.mark.parametrize(
    ("switching", "same_day", "next_day"),
    [
        ({}, NOT_APPLIED, APPLIED),
        ({"switching__gate": "none"}, APPLIED, APPLIED),
        ({"switching__business_days_only": True}, "", ""),
        ({"switching__cutover_minutes": 180}, "", ""),
    ],
)
def test_when_another_kind_may_be_applied_for_is_declared(
    switching: dict[str, object], same_day: str, next_day: str
) -> None:
    declaration = changed(**switching)
    for wait, wanted in (([], same_day), ([Deed("next_step")], same_day), ([NEXT_DAY], next_day)):
        deeds = [Deed("deactivate"), *wait, Deed("apply")]
        story = tell(declaration, SOFTWARE, deeds, look=False)
        assert any(line.text == wanted for line in story.lines) is bool(wanted)
        assert (deeds[-1] in story.deeds) is bool(wanted)


NEXT_DAY = Deed("next_day")


def test_hardware_is_not_left_for_software() -> None:
    deeds = [Deed("apply_for_software"), Deed("deactivate"), NEXT_DAY, Deed("apply_for_software")]
    assert ends(*deeds) == [NOT_APPLIED, "利用解除が完了する", NOT_APPLIED]
    lenient = changed(switching__hardware_to_software="notice_only")
    assert left_open(*deeds, declaration=lenient)


@pytest.mark.parametrize("serial", SERIALS)
def test_no_other_serial_activates(serial: str) -> None:
    slip = SERIALS.index(serial) + len(SERIALS)
    cast = (*cast_of(Status.ISSUED), (OTHER, Role(Status.IN_SERVICE)))
    deeds = [Deed("activate", slip=slip), Deed("activate")]
    if serial == "利用解除したトークンの":
        cast = IN_SERVICE
        deeds = [Deed("deactivate"), NEXT_DAY, Deed("apply"), Deed("dispatch"), *deeds]
    assert ends(*deeds, cast=cast)[-2:] == ["利用開始登録は拒否される", "利用開始登録が完了する"]
    stock = changed(issue__binding="activation")
    assert left_open(deeds[0], declaration=stock, cast=cast) is (serial == "在庫のトークンの")


def test_a_code_that_was_noted_is_used_up_though_another_came_after_it() -> None:
    deeds = [Deed("log_in"), Deed("note"), Deed("log_in"), Deed("log_in", code="控えておいた")]
    assert ends(*deeds) == [LOGGED_IN, LOGGED_IN, REFUSED]
    assert left_open(Deed("note"))


def test_what_is_sent_again_or_from_an_old_page_changes_nothing() -> None:
    status = "お客さまの登録状況は「{}」である".format
    fresh = cast_of(Status.NOT_REGISTERED)
    assert ends(Deed("apply_twice"), Deed("orders"), cast=fresh) == [
        status("トークン発行済"),
        "お客さまの申請の記録は1件である",
    ]
    issued = cast_of(Status.ISSUED)
    assert ends(Deed("activate_twice"), cast=issued) == [status("サービス利用中")]
    old_page = Deed("activate_from_old_page")
    assert ends(old_page, Deed("status"), cast=issued) == [
        "利用開始登録は拒否される",
        status("サービス利用中"),
    ]
    assert ends(Deed("deactivate_twice")) == [status("未登録")]
    assert ends(Deed("deactivate_from_old_page"), Deed("status"))[-1] == status("未登録")
    alone = changed(sessions__concurrent="replaces")
    assert left_open(old_page, declaration=alone, cast=issued)


def test_what_may_count_is_open_where_it_would_decide() -> None:
    doubled = Deed("log_in_altered", slip=1)  # wrong, or malformed: who can say
    wrong = Deed("log_in", code="誤った")
    assert ends(doubled, *[wrong] * (THRESHOLD - 2), Deed("log_in"))[-1] == LOGGED_IN
    assert left_open(doubled, *[wrong] * (THRESHOLD - 1))
    missing = Deed("log_in_altered")  # neither empty nor malformed ones count, as declared
    assert ends(*[missing] * THRESHOLD, Deed("log_in"))[-1] == LOGGED_IN
    one_page = changed(login__flow="one_page", lockout__classes=("wrong", "empty", "malformed"))
    asked = [Deed("log_in_without")] * THRESHOLD
    assert ends(*asked, Deed("log_in"), declaration=one_page)[-1] == REFUSED


@pytest.mark.parametrize(
    ("status", "slips", "shown"),
    [
        (Status.NOT_REGISTERED, (0, 1, 2), "未登録"),
        (Status.ISSUED, (3, 4, 5), "トークン発行済"),
        (Status.IN_SERVICE, (6, 7, 8), "サービス利用中"),
    ],
)
def test_a_form_that_is_left_unsent_changes_nothing(
    status: Status, slips: tuple[int, ...], shown: str
) -> None:
    for slip in range(9):
        left, cast = Deed("leave_form", slip=slip), cast_of(status)
        if slip in slips:
            assert ends(left, cast=cast) == [f"お客さまの登録状況は「{shown}」である"]
        else:
            assert left_open(left, cast=cast)


@pytest.mark.parametrize(("way", "why"), [(0, "利用開始登録"), (1, "利用解除")])
def test_no_procedure_is_open_before_its_time(way: int, why: str) -> None:
    cast = cast_of(Status.NOT_REGISTERED)
    assert ends(Deed("set_out", slip=way), cast=cast) == [f"{why}へは進めない"]


def test_prepared_customers_leave_behind_what_was_used_before() -> None:
    pool = REFERENCE.adapters.provisioning.model_copy(update={"kind": "pool"})
    listed = changed(adapters__provisioning=pool)
    told = tell(listed, IN_SERVICE, [Deed("log_in", code="許容幅でいちばん古い")], look=False)
    assert told.lines[1].text == "時計を1時間進める"
    assert (told.customers, told.tokens) == (1, 1)


def test_every_story_ends_with_what_shows_that_its_refusals_had_their_reason() -> None:
    for deeds in ([Deed("log_in", code="誤った")], [Deed("log_in", code="誤った")] * THRESHOLD):
        assert (
            tell(REFERENCE, IN_SERVICE, deeds, look=False).lines[-1].text.startswith("対照として")
        )
    fresh = ((MAIN, Role(Status.NOT_REGISTERED)),)
    assert (
        tell(REFERENCE, fresh, [Deed("status")], look=False).lines[-1].text.startswith("対照として")
    )
    assert tell(REFERENCE, fresh, [], look=False).deeds == ()
