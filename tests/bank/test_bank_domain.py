"""The pure rules: codes, windows, the gate, input."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_impl.domain import inputs, registration
from reference_impl.domain.otp import HORIZON, Accepted, Failed, judge, step_of
from reference_impl.domain.policy import FailureClass, Gate, OtpFunction, Policy, Window
from reference_impl.domain.registration import Registration
from reference_impl.domain.words import Kind, Refusal, Refused, Status
from reference_impl.service.bank import code_at

KEY = b"12345678901234567890"  # RFC 4226 appendix D
HOTP = [
    *("755224", "287082", "359152", "969429", "338314"),
    *("254676", "287922", "162583", "399871", "520489"),
]
LOGIN = OtpFunction.LOGIN


def at(epoch: float) -> datetime:
    return datetime.fromtimestamp(epoch, tz=UTC)


@pytest.mark.parametrize(("minute", "code"), list(enumerate(HOTP)))
def test_rfc_4226_vectors_are_the_codes_of_the_first_unix_minutes(minute: int, code: str) -> None:
    verdict = judge(code, at(minute * 60 + 30), code_at(KEY, 6), None, LOGIN, Policy())
    assert verdict == Accepted(minute)


@pytest.mark.parametrize(
    ("epoch", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_rfc_6238_vectors(epoch: int, code: str) -> None:
    policy = Policy(otp_digits=8, otp_step_seconds=30)
    assert judge(code, at(epoch), code_at(KEY, 8), None, LOGIN, policy) == Accepted(epoch // 30)
    assert judge(code[1:], at(epoch), code_at(KEY, 8), None, LOGIN, policy) == Failed(
        FailureClass.MALFORMED
    )


@pytest.mark.parametrize(
    ("clock", "code"),
    [("09:00", "181112"), ("09:11", "094610"), ("11:14", "002216"), ("15:06", "002025")],
)
def test_sixty_second_codes_keep_their_leading_zeros(clock: str, code: str) -> None:
    now = datetime.fromisoformat(f"2019-10-21T{clock}:00+09:00")
    assert isinstance(judge(code, now, code_at(KEY, 6), None, LOGIN, Policy()), Accepted)
    if code.startswith("0"):
        shorter = judge(code.lstrip("0"), now, code_at(KEY, 6), None, LOGIN, Policy())
        assert shorter == Failed(FailureClass.MALFORMED)


def plain(step: int) -> str:
    """A token whose code is the step itself: exact, without chance matches."""
    return f"{step % 1_000_000:06d}"


@given(
    now=st.integers(200, 900_000),
    offset=st.integers(-HORIZON - 20, HORIZON + 20),
    last=st.none() | st.integers(-10, 10),
    window=st.builds(Window, st.integers(0, 5), st.integers(0, 5)),
)
def test_accepted_exactly_within_the_window_and_above_the_last_step(
    now: int, offset: int, last: int | None, window: Window
) -> None:
    policy = Policy(windows={**Policy().windows, LOGIN: window})
    last_step = None if last is None else now + last
    verdict = judge(plain(now + offset), at(now * 60), plain, last_step, LOGIN, policy)
    inside = -window.backward <= offset <= window.forward
    unused = last_step is None or now + offset > last_step
    assert (verdict == Accepted(now + offset)) == (inside and unused)
    if inside and not unused:
        assert verdict == Failed(FailureClass.REUSED)
    elif not inside:
        assert isinstance(verdict, Failed)
        if -HORIZON <= offset + window.backward < 0 and now + offset != last_step:
            assert verdict.failure is FailureClass.STALE
        if 0 < offset - window.forward <= HORIZON:
            assert verdict.failure is FailureClass.FUTURE


@given(offsets=st.lists(st.tuples(st.integers(0, 3), st.integers(-2, 2)), max_size=40))
@settings(max_examples=200)
def test_accepted_steps_strictly_rise_whatever_is_submitted(
    offsets: list[tuple[int, int]],
) -> None:
    now, last, taken = 1000, None, []
    for wait, offset in offsets:
        now += wait
        verdict = judge(plain(now + offset), at(now * 60), plain, last, LOGIN, Policy())
        if isinstance(verdict, Accepted):
            taken.append(verdict.step)
            last = verdict.step
    assert taken == sorted(set(taken))


def test_of_two_equal_codes_in_the_window_the_later_step_is_burnt() -> None:
    def same(step: int) -> str:
        return "123456" if step in (99, 100) else plain(step)

    verdict = judge("123456", at(100 * 60), same, None, LOGIN, Policy())
    assert verdict == Accepted(100)
    again = judge("123456", at(100 * 60), same, 100, LOGIN, Policy())
    assert again == Failed(FailureClass.REUSED)


def test_another_tokens_code_is_told_apart_only_when_asked() -> None:
    def other(step: int) -> str:
        return plain(step + 5000)

    code = other(100)
    asked = judge(code, at(6000), plain, None, LOGIN, Policy(), [other])
    assert asked == Failed(FailureClass.OTHER_TOKEN)
    assert judge(code, at(6000), plain, None, LOGIN, Policy()) == Failed(FailureClass.WRONG)


@pytest.mark.parametrize(
    "text",
    [
        "１２３４５６",
        "12345６",
        " 123456",
        "123456 ",
        "123456\n",
        "12 456",
        "+12345",
        "12_456",
        "١٢٣٤٥٦",
        "𝟏𝟐𝟑𝟒𝟓𝟔",
        "12345a",
        "12345",
        "1234567",
        "\u3000",
        "' OR 1=1",
        "\x00",
    ],
)
def test_only_ascii_digits_of_the_exact_length_are_codes(text: str) -> None:
    verdict = judge(text, at(123456 * 60), plain, None, LOGIN, Policy())
    assert verdict == Failed(FailureClass.MALFORMED)


def test_declared_input_handling_is_applied_once_before_everything() -> None:
    kind = Policy(full_width="converted", trim_blanks=True)
    now = at(123456 * 60)
    assert judge("　１２３４５６ ", now, plain, None, LOGIN, kind) == Accepted(123456)
    used = judge(" １２３４５６", now, plain, 123456, LOGIN, kind)
    assert used == Failed(FailureClass.REUSED)
    assert judge("", now, plain, None, LOGIN, kind) == Failed(FailureClass.EMPTY)
    assert judge("  ", now, plain, None, LOGIN, kind) == Failed(FailureClass.EMPTY)
    assert inputs.check_serial("１０１１０９９８", kind) == "10110998"


@pytest.mark.parametrize(
    ("serial", "reason"),
    [
        ("", Refusal.SERIAL_REQUIRED),
        ("1234567", Refusal.SERIAL_FORMAT),
        ("12345678", None),
        ("012345678901", None),
        ("1234567890123", Refusal.SERIAL_FORMAT),
        ("１２３４５６７８", Refusal.SERIAL_FORMAT),
        ("1011-0998", Refusal.SERIAL_FORMAT),
        ("10110998\n", Refusal.SERIAL_FORMAT),
        (" 10110998", Refusal.SERIAL_FORMAT),
        ("101109%8", Refusal.SERIAL_FORMAT),
    ],
)
def test_serials(serial: str, reason: Refusal | None) -> None:
    wanted: str | Refused = serial if reason is None else Refused(reason, "serial")
    assert inputs.check_serial(serial, Policy()) == wanted


@pytest.mark.parametrize(
    "text", ["abc12", "abcdefghij123", "abc 12", "abc１23", "abc-123", "あいうえお1"]
)
def test_confirmation_passwords_of_another_form_are_refused(text: str) -> None:
    refused = inputs.check_confirmation(text, Policy())
    assert refused == Refused(Refusal.CONFIRMATION_FORMAT, "confirmation")


def test_step_of_does_not_depend_on_the_offset() -> None:
    utc = datetime(2025, 11, 2, 5, 30, tzinfo=UTC)
    assert step_of(utc, 60) == step_of(utc.astimezone(), 60)


@pytest.mark.parametrize(
    ("ended", "tried", "early"),
    [
        ("2026-11-24T10:00:00+09:00", "2026-11-24T10:01:00+09:00", True),
        ("2026-11-24T10:00:00+09:00", "2026-11-24T23:59:59+09:00", True),
        ("2026-11-24T10:00:00+09:00", "2026-11-25T00:00:00+09:00", False),
        ("2026-11-24T23:59:59+09:00", "2026-11-25T00:00:00+09:00", False),
        ("2026-11-24T00:00:00+09:00", "2026-11-24T23:59:59+09:00", True),
        ("2026-11-27T10:00:00+09:00", "2026-11-28T00:00:01+09:00", False),  # Fri to Sat
        ("2026-12-31T10:00:00+09:00", "2027-01-01T00:00:00+09:00", False),
        ("2028-02-28T10:00:00+09:00", "2028-02-28T23:59:59+09:00", True),
        ("2028-02-29T10:00:00+09:00", "2028-03-01T00:00:00+09:00", False),
        ("2026-11-24T08:30:00+09:00", "2026-11-24T09:30:00+09:00", True),  # not in UTC
        ("2026-11-24T10:00:00+09:00", "2026-11-24T14:59:59+00:00", True),
        ("2026-11-24T10:00:00+09:00", "2026-11-24T15:00:00+00:00", False),
    ],
)
def test_the_gate_opens_with_the_calendar_date_in_japan(
    ended: str, tried: str, *, early: bool
) -> None:
    reg = Registration(last_kind=Kind.SOFTWARE, deactivated_at=datetime.fromisoformat(ended))
    now = datetime.fromisoformat(tried)
    assert registration.too_early(Gate.ISSUE, reg, Kind.HARDWARE, now, Policy()) is early


def test_the_gate_obeys_cutover_and_zone() -> None:
    ended = datetime.fromisoformat("2026-11-24T10:00:00+09:00")
    later = datetime.fromisoformat("2026-11-25T03:59:59+09:00")
    policy = Policy(gate_cutover_minutes=240)
    args = (Gate.ISSUE, Registration(last_kind=Kind.SOFTWARE, deactivated_at=ended), Kind.HARDWARE)
    assert registration.too_early(*args, later, policy)
    assert not registration.too_early(*args, later + timedelta(seconds=1), policy)
    utc = Policy(gate_time_zone="UTC")
    assert registration.too_early(*args, later, utc)
    opens = datetime.fromisoformat("2026-11-25T09:00:00+09:00")
    assert not registration.too_early(*args, opens, utc)


@pytest.mark.parametrize("gate_setting", list(Gate))
def test_the_gate_stands_at_the_declared_step(gate_setting: Gate) -> None:
    now = datetime(2026, 11, 24, 1, tzinfo=UTC)
    ended = Registration(last_kind=Kind.SOFTWARE, deactivated_at=now)
    policy = Policy(gate=gate_setting)
    issue = registration.may_issue(ended, Kind.HARDWARE, now, policy)
    assert (issue == Refused(Refusal.TOO_EARLY)) == (gate_setting in (Gate.ISSUE, Gate.BOTH))
    issued = registration.applied(ended, Kind.HARDWARE, policy)
    activate = registration.may_activate(issued, now, policy)
    closed = gate_setting in (Gate.ACTIVATION, Gate.BOTH)
    assert (activate == Refused(Refusal.TOO_EARLY)) == closed


@pytest.mark.parametrize(
    ("last", "wanted", "changes", "reason"),
    [
        (Kind.HARDWARE, Kind.HARDWARE, {}, None),
        (Kind.HARDWARE, Kind.HARDWARE, {"gate_covers_same_kind": True}, Refusal.TOO_EARLY),
        (Kind.SOFTWARE, Kind.SOFTWARE, {}, None),
        (Kind.SOFTWARE, Kind.SOFTWARE, {"gate_covers_handset_change": True}, Refusal.TOO_EARLY),
        (Kind.SOFTWARE, Kind.HARDWARE, {}, Refusal.TOO_EARLY),
        (Kind.HARDWARE, Kind.SOFTWARE, {}, Refusal.HW_TO_SW),
        (
            Kind.HARDWARE,
            Kind.SOFTWARE,
            {"hw_to_sw": "refused_in_service"},
            Refusal.TOO_EARLY,
        ),
        (Kind.SOFTWARE, Kind.SOFTWARE, {"software_tokens": False}, Refusal.UNKNOWN_KIND),
    ],
)
def test_reissue_on_the_day_of_deactivation(
    last: Kind, wanted: Kind, changes: dict[str, object], reason: Refusal | None
) -> None:
    now = datetime(2026, 11, 24, 1, tzinfo=UTC)
    reg = Registration(last_kind=last, deactivated_at=now)
    found = registration.may_issue(reg, wanted, now, replace(Policy(), **changes))  # type: ignore[arg-type]
    assert found == (None if reason is None else Refused(reason))


def test_hardware_to_software_never_opens_by_waiting() -> None:
    reg = Registration(last_kind=Kind.HARDWARE, deactivated_at=datetime(2026, 1, 1, tzinfo=UTC))
    now = datetime(2030, 1, 1, tzinfo=UTC)
    assert registration.may_issue(reg, Kind.SOFTWARE, now, Policy()) == Refused(Refusal.HW_TO_SW)


def test_illegal_events_in_each_status() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    fresh = Registration()
    issued = registration.applied(fresh, Kind.HARDWARE, Policy())
    serving = registration.activated(issued)
    assert registration.may_activate(fresh, now, Policy()) == Refused(Refusal.NOT_ISSUED)
    nothing = Refused(Refusal.NOTHING_TO_DEACTIVATE)
    assert registration.may_deactivate(fresh, Policy()) == nothing
    assert registration.may_deactivate(issued, Policy()) == nothing
    again = registration.may_issue(issued, Kind.HARDWARE, now, Policy())
    assert again == Refused(Refusal.ALREADY_ISSUED)
    replaces = Policy(reissue_when_issued="replaces")
    assert registration.may_issue(issued, Kind.HARDWARE, now, replaces) is None
    for kind in Kind:
        assert registration.may_issue(serving, kind, now, Policy()) == Refused(Refusal.IN_SERVICE)
    assert registration.may_activate(serving, now, Policy()) == Refused(Refusal.IN_SERVICE)


@given(st.lists(st.sampled_from(["fail", "ok"]), max_size=30), st.integers(1, 10))
def test_suspended_exactly_by_the_nth_failure_in_a_row(events: list[str], limit: int) -> None:
    policy = Policy(lock_threshold=limit)
    reg, run = Registration(base=Status.IN_SERVICE, kind=Kind.HARDWARE), 0
    for event in events:
        if reg.suspended:
            break
        run = run + 1 if event == "fail" else 0
        reg = (
            registration.otp_failed(reg, policy)
            if event == "fail"
            else registration.otp_succeeded(reg)
        )
        assert reg.suspended is (run >= limit)
    lifted = registration.unlocked(reg)
    assert (lifted.suspended, lifted.failures, lifted.base) == (False, 0, Status.IN_SERVICE)
