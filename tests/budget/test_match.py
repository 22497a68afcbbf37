"""What is lacking is named with its number; what must not begin unasked, does not."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from otp_conformance.assets.consumption import Consumption, Table, TableFile, load_table
from otp_conformance.assets.pool.file import Entry, PoolCustomer, PoolToken, load_pool
from otp_conformance.assets.pool.ledger import Assets
from otp_conformance.assets.pool.shelf import Rows, choose_customer, kind_of_customer
from otp_conformance.assets.port import Need
from otp_conformance.declaration.load import load
from otp_conformance.errors import UsageError
from otp_conformance.language import speaking
from otp_conformance.resources import bundle_root, fixtures_dir
from otp_conformance.run.budget import Admission, forecast, match, steps_of_a_person, totals
from otp_conformance.run.plan import in_order
from otp_conformance.specification.scenarios import plan_features
from otp_conformance.specification.words import AgentKind, Kind, Status
from otp_conformance.verdict.verdict import Cause, Verdict

HEAD = """\
[defaults]
login_password = "env:A"
confirmation_password = "env:B"
seed = "env:C"
expires_at = 2031-03-31T23:59:00+09:00
"""


@pytest.fixture
def reference():
    return load(fixtures_dir() / "declarations" / "reference.toml")


def plans(number):
    feature = plan_features(bundle_root())[0]
    return list(feature.scenarios[:number])


def table_of(scenarios, *rows):
    return Table(
        TableFile(
            threshold=5,
            confirmation_min_length=6,
            confirmation_max_length=12,
            scenarios={p.scenario_id: row for p, row in zip(scenarios, rows, strict=True)},
        )
    )


def pool_of(tmp_path, in_service=0, stock=0):
    text = HEAD
    for n in range(in_service):
        text += f'[[customer]]\nlogin_id = "u{n}"\nstatus = "in_service"\ntoken = "1{n:03}"\n'
        text += f'[[token]]\nserial = "1{n:03}"\n'
    for n in range(stock):
        text += f'[[token]]\nserial = "2{n:03}"\n'
    path = tmp_path / "pool.toml"
    path.write_text(text, encoding="utf-8")
    return load_pool(path)


def matched(tmp_path, reference, rows, spent=Assets(), repeat=1, **pool):  # noqa: B008
    chosen = plans(len(rows))
    return chosen, match(
        chosen,
        table=table_of(chosen, *rows),
        declaration=reference.declaration,
        pool=pool_of(tmp_path, **pool),
        spent=spent,
        repeat=repeat,
    )


ONE = {"customer:in_service,hardware": 1}
TWO_AND_TOKEN = {"customer:in_service,hardware": 2, "token:hardware": 1}


def test_what_is_lacking_is_counted_over_all_whatever_else_is_lacking(tmp_path, reference):
    """Nobody is there for either scenario; that one token is lacking, too, is told all the same."""
    row = {"customer:in_service,hardware": 1, "token:hardware": 1}
    chosen, found = matched(tmp_path, reference, [row, row], stock=1)
    assert set(found.lacking) == {p.scenario_id for p in chosen}
    assert [(s.needed, s.left) for s in found.shortages] == [(2, 0), (2, 1)]


def test_enough(tmp_path, reference):
    _, found = matched(tmp_path, reference, [ONE, TWO_AND_TOKEN], in_service=3, stock=1)
    assert found.shortages == ()
    assert found.lacking == {}


def test_lacking_customers_are_counted_and_the_others_are_served(tmp_path, reference):
    chosen, found = matched(tmp_path, reference, [TWO_AND_TOKEN, ONE, ONE], in_service=3, stock=1)
    assert set(found.lacking) == {chosen[2].scenario_id}
    sentence = "サービス利用中のお客さまが 1 名足りません（必要 4、残り 3）"
    assert str(found.shortages[0]) == sentence
    why = found.lacking[chosen[2].scenario_id]
    assert (why.verdict, why.cause, why.observed) == (Verdict.NOT_RUN, Cause.DECLARATION, sentence)
    with speaking("en"):
        assert str(found.shortages[0]) == "in service customers: 1 too few (needed 4, left 3)"


def test_spent_ones_do_not_count(tmp_path, reference):
    spent = Assets(frozenset({"u0"}))
    chosen, found = matched(tmp_path, reference, [ONE, ONE], spent=spent, in_service=2)
    assert set(found.lacking) == {chosen[1].scenario_id}


def test_a_lacking_scenario_takes_nothing_from_the_next(tmp_path, reference):
    chosen, found = matched(tmp_path, reference, [TWO_AND_TOKEN, ONE], in_service=2)
    assert set(found.lacking) == {chosen[0].scenario_id}
    assert "在庫のトークンが 1 個足りません" in str(found.shortages[0])


def test_repeats_need_their_own(tmp_path, reference):
    _, found = matched(tmp_path, reference, [ONE], repeat=3, in_service=2)
    assert str(found.shortages[0]).endswith("（必要 3、残り 2）")


def test_reserved_software_tokens(tmp_path, reference):
    row = {"customer:in_service,hardware": 1, "software_token": 1}
    _, found = matched(tmp_path, reference, [row], in_service=1)
    assert "予約されたソフトウェアトークンが 1 個足りません" in str(found.shortages[0])


def test_waits_of_workers():
    sums = totals([Consumption(waited=600), Consumption(waited=60), Consumption(waited=60)])
    assert (sums.seconds(), sums.seconds(2), sums.seconds(9)) == (720, 600, 600)


def test_long_waits_come_last_where_time_only_goes_on(reference):
    chosen = plans(3)
    table = table_of(chosen, {"waited_seconds": 50_000}, {"waited_seconds": 60}, {})
    assert in_order(chosen, table, reference.declaration) == tuple(chosen)
    adapters = reference.declaration.adapters
    clock = adapters.clock.model_copy(update={"kind": "real"})
    real = reference.declaration.model_copy(
        update={"adapters": adapters.model_copy(update={"clock": clock})}
    )
    assert in_order(chosen, table, real) == (chosen[1], chosen[2], chosen[0])


def test_steps_of_a_person(reference):
    sums = totals([Consumption(codes=3, dispatched=1, unlocked=1)])
    declaration = reference.declaration
    assert steps_of_a_person(declaration, sums) == {}
    adapters = declaration.adapters
    by_hand = adapters.model_copy(
        update={
            "tokens": adapters.tokens.model_copy(update={"kind": "person"}),
            "staff": adapters.staff.model_copy(update={"kind": "person"}),
        }
    )
    found = steps_of_a_person(declaration.model_copy(update={"adapters": by_hand}), sums)
    assert found == {"codes": 3, "staff": 2}


def suspending():
    known = load_table().file.scenarios
    every = [p for feature in plan_features(bundle_root()) for p in feature.scenarios]
    return [p for p in every if known.get(p.scenario_id, {}).get("suspended")][:2]


def elsewhere(reference):
    """A declaration of a system that somebody else started."""
    sut = reference.declaration.sut.model_copy(
        update={"start": None, "base_url": "https://ib.example.test"}
    )
    return replace(reference, declaration=reference.declaration.model_copy(update={"sut": sut}))


def admission(loaded, *, yes=False, answer=None, asked=None):
    def ask(text):
        if asked is not None:
            asked.append(text)
        return answer

    return Admission(loaded, AgentKind.HTTP, partial=False, yes=yes, ask=ask)


def test_foreign_accounts_are_not_suspended_unasked(reference):
    chosen, loaded, asked = suspending(), elsewhere(reference), []
    assert chosen
    with pytest.raises(UsageError, match=r"お客さま 2 名の認証を停止.*--yes"):
        admission(loaded)(chosen)
    with pytest.raises(UsageError, match="実行しませんでした"):
        admission(loaded, answer=False)(chosen)
    assert admission(loaded, answer=True, asked=asked)(chosen) == {}
    assert len(asked) == 1
    assert admission(loaded, yes=True)(chosen) == {}


def test_what_the_run_starts_itself_is_its_own(reference):
    assert admission(reference)(suspending()) == {}


def test_forecast_of_the_reference_needs_no_pool(reference):
    chosen = suspending()
    found = forecast(chosen, reference, load_table())
    assert found.pool is None
    assert found.totals.suspended == 2
    assert found.runnable == tuple(chosen)


# Rows with dates in 2026 and 2028.
DATED = [f"SWT-04/1.{row}" for row in range(1, 9)]


@pytest.mark.parametrize(
    ("made", "rows"),
    [
        ("", ""),
        ("made_at = 2026-11-24T10:00:00+09:00", ""),
        ("made_at = 2026-11-30T09:00:00+09:00", "125"),  # begins on 2026-12-08 at 10:00:20
        ("made_at = 2027-05-01T09:00:00+09:00", "123456"),
    ],
)
def test_dates_before_the_list_was_made_are_told_beforehand(tmp_path, reference, made, rows):
    declaration = reference.declaration
    adapters = declaration.adapters.model_copy(
        update={
            "provisioning": declaration.adapters.provisioning.model_copy(
                update={"kind": "pool", "file": "pool.toml"}
            )
        }
    )
    loaded = replace(
        reference,
        path=tmp_path / "bank.toml",
        declaration=declaration.model_copy(update={"adapters": adapters}),
    )
    (tmp_path / "pool.toml").write_text(f"{made}\n{HEAD}", encoding="utf-8")
    some = [
        plan
        for feature in plan_features(bundle_root())
        for plan in feature.scenarios
        if plan.scenario_id in DATED
    ]
    assert len(some) == len(DATED)
    found = forecast(some, loaded, table_of(some, *[{}] * len(some)))
    assert set(found.unmet) == {f"SWT-04/1.{row}" for row in rows}
    assert all("に用意されたもの" in why.observed for why in found.unmet.values())
    run = Admission(loaded, AgentKind.BROWSER, partial=True, yes=True, ask=lambda _: None)
    left_out = {i for i, why in run(some).items() if "に用意されたもの" in why.observed}
    assert left_out == set(found.unmet)


def test_the_first_of_each_kind_is_who_a_look_at_all_of_them_would_choose():
    """The shelf looks at one of each kind: as good as everybody, and as quick for any list."""
    chance = random.Random(3)  # noqa: S311 - the same people each time
    people = [customer(number, chance) for number in range(90)]
    needs = [
        Need(
            chance.choice([Status.IN_SERVICE, Status.NOT_REGISTERED]),
            chance.choice(list(Kind)),
            serial_length=chance.choice([0, 0, 8, 9]),
            serial_prefix=chance.choice(["", "0"]),
            confirmation_length=chance.choice([0, 0, 6]),
        )
        for _ in range(300)
    ]
    left, rows = list(people), Rows(people, kind_of_customer)
    served = 0
    for need in needs:
        software = chance.choice([0, 0, 1])
        wanted = choose_customer(left, need, software=software)
        found = choose_customer(rows.firsts(), need, software=software, number_of=rows.number_of)
        assert found is wanted
        if wanted is not None:
            served += 1
            left.remove(wanted)
            rows.take(wanted)
        assert list(rows) == left
    assert served > 50


def test_a_rare_length_is_kept_however_many_kinds_it_comes_in():
    """Three of nine digits are one kind, two of eight are two: nine is the more frequent."""
    people = [customer(n, chance=None, ones=5) for n in range(3)]
    people += [customer(3, chance=None, ones=4), customer(4, chance=None, ones=4, length=8)]
    rows = Rows(people, kind_of_customer)
    found = choose_customer(rows.firsts(), Need(Status.IN_SERVICE), number_of=rows.number_of)
    assert found is people[0] is choose_customer(people, Need(Status.IN_SERVICE))


def customer(number: int, chance: random.Random | None, *, ones: int = 5, length: int = 6) -> Entry:
    """Return a customer in service; with ``chance`` one of any kind."""
    kind, first, reserved, in_service = Kind.HARDWARE, "1", 0, True
    if chance is not None:
        kind, first, ones = chance.choice(list(Kind)), chance.choice("01"), chance.choice([4, 5])
        length, reserved = chance.choice([6, 8]), chance.choice([0, 0, 1, 2])
        in_service = chance.random() < 0.7
    serial = f"{first}{'1' * ones}{number:03}"
    tokens = [
        PoolToken(serial=name, kind=kind, seed="env:C") for name in (serial, "5" * 9, "6" * 9)
    ]
    return Entry(
        PoolCustomer(
            login_id=f"u{number}",
            status=Status.IN_SERVICE if in_service else Status.NOT_REGISTERED,
            kind=kind,
            token=serial if in_service else None,
            login_password="env:A",
            confirmation_password="env:B",
            confirmation_length=length,
        ),
        tokens[0] if in_service else None,
        tuple(tokens[1 : 1 + reserved]),
    )


def test_needs_ask_for_no_more_of_a_serial_number_than_tells_kinds_apart(reference):
    table = load_table()
    asked = {
        need.serial_prefix
        for scenario_id in table.file.scenarios
        for need in table.of(scenario_id, reference.declaration).needs
    }
    assert asked == {"", "0"}
