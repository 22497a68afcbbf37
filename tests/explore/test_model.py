"""What the model of the manual says, in the features' own sentences."""

from __future__ import annotations

import pytest

from otp_conformance.cli import bundle
from otp_conformance.declaration.model import Declaration
from otp_conformance.explore.deeds import Deed, Role, tell
from otp_conformance.people.customer import MAIN, OTHER
from otp_conformance.specification.words import Status

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
