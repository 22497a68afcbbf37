"""``check --all-customers``: the prepared list against the customers as they are."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bank_process import running
from pool_kit import ENV, PoolMaker

Findings = list[dict[str, str]]
STATE = "一覧の状態"
START = "import sys; from otp_conformance.cli.main import main; sys.exit(main(sys.argv[1:]))"


@pytest.fixture
def maker(tmp_path: Path) -> Iterator[PoolMaker]:
    with running(tmp_path) as bank:
        yield PoolMaker(bank, tmp_path)


def check(maker: PoolMaker, *arguments: str) -> tuple[int, Findings, str]:
    command = [sys.executable, "-c", START, "check", "--agent", "http", "--lang", "ja"]
    done = subprocess.run(
        [*command, *arguments, "--format", "json", "--declaration", "bank.toml"],
        cwd=maker.folder,
        env={**os.environ, **ENV},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, json.loads(done.stdout or "[]"), done.stderr


def ledger(maker: PoolMaker) -> list[dict[str, Any]]:
    text = (maker.folder / "ledger.ndjson").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def handed_out(maker: PoolMaker) -> set[str]:
    free: set[str] = set()
    for line in ledger(maker):
        who = str(line.get("customer") or line["token"])
        free = free | {who} if line["what"] == "handed_out" else free
        free = free - {who} if line["what"] == "released" else free
    return free


def of_list(found: Findings) -> dict[str, str]:
    return {f["area"]: f["observed"] for f in found if f["what"] == STATE}


def test_everybody_as_listed_is_told_in_sums(maker: PoolMaker) -> None:
    for status in ("not_registered", "issued", "in_service", "suspended", "deactivated"):
        for _ in range(2 if status == "in_service" else 1):
            maker.customer(status)
    maker.customer("in_service", "software")
    maker.write()
    code, found, err = check(maker, "--all-customers")
    assert code == 3, err  # the keyboard needs a browser
    sums = {f["what"]: f["observed"] for f in found if f["area"] == "一覧のお客さま"}
    assert sums == {
        "未登録": "1 人は一覧のとおりです",
        "トークン発行済": "1 人は一覧のとおりです",
        "サービス利用中": "3 人は一覧のとおりです",
        "停止中": "1 人は一覧のとおりです",
        "利用解除済み": "1 人は一覧のとおりです",
    }
    assert of_list(found) == {}
    assert handed_out(maker) == set()
    assert not any(secret in json.dumps(found, ensure_ascii=False) for secret in maker.secrets)


@pytest.mark.parametrize(
    ("real", "listed", "told"),
    [
        ("in_service", "not_registered", "ワンタイムパスワードを求められました"),
        ("suspended", "not_registered", "ログインできません"),
        ("in_service", "issued", "ワンタイムパスワードを求められました"),
        ("in_service", "suspended", "ログインできました"),
        ("in_service", "deactivated", "ワンタイムパスワードを求められました"),
        ("suspended", "in_service", "ログインできません"),
        ("issued", "in_service", "ワンタイムパスワードなしでログインできました"),
        ("deactivated", "issued", "登録状況は「未登録」です"),
        ("issued", "deactivated", "登録状況は「トークン発行済」です"),
    ],
)
def test_one_unlike_the_list_is_named(maker: PoolMaker, real: str, listed: str, told: str) -> None:
    maker.customer(listed)
    wrong = maker.customer(real, listed=listed)
    maker.write()
    code, found, err = check(maker, "--all-customers")
    assert code == 2, err
    ((area, observed),) = of_list(found).items()
    assert wrong in area
    assert observed.startswith(told)
    assert handed_out(maker) == set()


def test_whom_the_suite_is_to_suspend_is_in_service_yet(maker: PoolMaker) -> None:
    maker.customer("in_service", listed="suspended")
    gone = maker.customer("suspended")
    maker.write(suspend="wrong_codes")
    _, found, _ = check(maker, "--all-customers")
    ((area, observed),) = of_list(found).items()
    assert gone in area
    assert observed.startswith("ログインできません")


def test_each_code_of_a_preflight_is_booked(maker: PoolMaker) -> None:
    maker.customer("in_service")
    maker.write()
    check(maker)
    first, *of_the_windows = [line for line in ledger(maker) if line["what"] == "code"]
    assert len(of_the_windows) == 4  # two edges, and one step beyond each
    check(maker, "--all-customers")
    steps = [int(line["detail"]) for line in ledger(maker) if line["what"] == "code"]
    assert first["run"] == "check"
    assert len(steps) == len(set(steps)) == 2 * 5 + 1


def test_without_a_list_there_is_nothing_to_call(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", START, "check", "--lang", "ja", "--all-customers"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "pool でも procedures でもない" in done.stderr
