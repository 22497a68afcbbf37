"""Every way to come by a code: seed, PSKC file, command, person."""

from __future__ import annotations

import base64
import hashlib
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest

from otp_conformance.calls.person import Ask, NobodyThere
from otp_conformance.commands import Commands
from otp_conformance.resources import fixtures_dir
from otp_conformance.specification.words import Kind
from otp_conformance.tokens.port import TokenAsset
from otp_conformance.tokens.reading import CommandToken, Display, PersonToken
from otp_conformance.tokens.simulated import SeedError, read_seed
from otp_conformance.tokens.stock_file import StockFile
from otp_conformance.verdict.outcome import DeclarationMismatch, EnvironmentTrouble, NotRun

PSKC = fixtures_dir() / "pskc"
PRESHARED = "3293841b7d3778a0e39fb0d8f93a7db4"
SERIAL = "101109980101"
SEED = b"12345678901234567890"  # RFC 6238, appendix B
NOW = datetime(2026, 11, 24, 1, 0, 20, tzinfo=UTC)
ASSET = TokenAsset(SERIAL, Kind.HARDWARE, NOW + timedelta(days=365))
DISPLAY = Display(6, 60)


def made_up_seed(serial: str) -> bytes:
    return hashlib.sha1(f"otp-conformance made-up seed {serial}".encode()).digest()  # noqa: S324


class Time:
    """A clock that stands still unless a test moves it."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


class Person:
    """Answers as told; each question takes ``takes`` seconds of the system's time."""

    interactive = True

    def __init__(self, time: Time, *answers: str | None, takes: float = 5.0) -> None:
        self.time, self.answers, self.takes = time, list(answers), takes
        self.asked: list[tuple[str, float, bool]] = []
        self.told: list[str] = []

    def tell(self, text: str) -> None:
        self.told.append(text)

    def ask(self, text: Ask, *, seconds: float, hidden: bool = False) -> str | None:
        self.asked.append((text(int(seconds)), seconds, hidden))
        self.time.now += timedelta(seconds=self.takes)
        return self.answers.pop(0)


# -- seeds ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        base64.b32encode(SEED).decode(),
        "gezd gnbv gy3t qojq-gezd gnbv gy3t qojq",
        SEED.hex(),
        " 3132333435363738 3930313233343536 37383930 ",
    ],
)
def test_a_seed_in_either_notation(text: str) -> None:
    assert read_seed(text) == SEED


@pytest.mark.parametrize(
    ("text", "written", "word"),
    [
        ("ABCDEF22" * 5, "auto", "seed_format"),
        ("hunter-two!", "auto", "Base32 でも16進でも"),
        ("GEZDGNBVGY3TQOJQ", "hex", "16進では"),
        ("0189" * 10, "base32", "Base32 では"),
        ("GEZDGNBVGY3TQOJQ", "auto", "80 ビット"),
        ("A" * 30 + "BGG", "base32", "文字数"),
    ],
)
def test_a_seed_that_cannot_be_read(text: str, written: str, word: str) -> None:
    with pytest.raises(SeedError, match=word) as caught:
        read_seed(text, written)  # type: ignore[arg-type]
    assert text not in str(caught.value)


def test_a_doubtful_seed_is_read_as_declared() -> None:
    assert read_seed("ABCDEF22" * 5, "hex") == bytes.fromhex("ABCDEF22" * 5)
    assert read_seed("ABCDEF22" * 5, "base32") == base64.b32decode("ABCDEF22" * 5)


# -- PSKC files ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "key", "serial"),
    [
        ("stock-plain.pskcxml", None, "101109980101"),
        ("stock-pbkdf2.pskcxml", "mihon-passphrase", "101109980201"),
        ("tokens-preshared.pskcxml", PRESHARED, "101109980401"),
        (
            "tokens-preshared.pskcxml",
            base64.b64encode(bytes.fromhex(PRESHARED)).decode(),
            "101109980401",
        ),
    ],
)
def test_the_seed_out_of_a_file(file: str, key: str | None, serial: str) -> None:
    stock = StockFile(PSKC / file, key, Display(6, 60, "SHA1"))
    assert stock.seed(serial) == made_up_seed(serial)


def test_other_digits_and_hash_functions_where_declared() -> None:
    path = PSKC / "tokens-preshared.pskcxml"
    eight = StockFile(path, PRESHARED, Display(8, 60, "SHA1"))
    assert eight.seed("101109980402") == made_up_seed("101109980402")
    sha256 = StockFile(path, PRESHARED, Display(6, 60, "SHA256"))
    assert sha256.seed("101109980403") == made_up_seed("101109980403")


@pytest.mark.parametrize(
    ("file", "key", "serial", "observed", "names"),
    [
        ("none.pskcxml", None, SERIAL, "読めません", "adapters.tokens.file"),
        ("README.md", None, SERIAL, "XML として", "adapters.tokens.file"),
        ("stock-broken.pskcxml", None, "101109980301", "2 件", "adapters.tokens.file"),
        ("stock-plain.pskcxml", None, "999", "そのシリアル番号", "adapters.tokens.file"),
        ("stock-pbkdf2.pskcxml", None, "101109980201", "鍵がありません", "adapters.tokens.key"),
        ("stock-pbkdf2.pskcxml", "wrong", "101109980201", "MAC", "adapters.tokens.key"),
        ("tokens-preshared.pskcxml", "0" * 32, "101109980401", "MAC", "adapters.tokens.key"),
        ("tokens-preshared.pskcxml", "tooshort", "101109980401", "16 バイト", "tokens.key"),
        ("tokens-preshared.pskcxml", PRESHARED, "101109980402", "桁数.*8.*6", "otp.digits"),
        ("tokens-preshared.pskcxml", PRESHARED, "101109980403", "SHA256.*SHA1", "algorithm"),
    ],
)
def test_a_file_that_does_not_give_the_seed(
    file: str, key: str | None, serial: str, observed: str, names: str
) -> None:
    with pytest.raises(DeclarationMismatch) as caught:
        StockFile(PSKC / file, key, Display(6, 60, "SHA1")).seed(serial)
    outcome = caught.value
    assert file in outcome.expected
    assert names in outcome.hint
    assert re.search(observed, outcome.observed)
    assert key is None or key not in str(outcome)


def test_another_time_step_than_declared() -> None:
    with pytest.raises(DeclarationMismatch, match="60 秒、宣言では 30 秒"):
        StockFile(PSKC / "stock-plain.pskcxml", None, Display(6, 30, "SHA1")).seed(SERIAL)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ('<!DOCTYPE x [<!ENTITY e "x">]><x/>', "DOCTYPE"),
        ("<x/>", "KeyContainer"),
        ("not xml", "XML"),
    ],
)
def test_a_file_of_another_kind(tmp_path: Path, text: str, word: str) -> None:
    (tmp_path / "f.xml").write_text(text, encoding="utf-8")
    with pytest.raises(DeclarationMismatch, match=word):
        StockFile(tmp_path / "f.xml", None, Display(6, 60, "SHA1")).seed(SERIAL)


# -- a command -----------------------------------------------------------------

FOB = """
import sys, hmac, struct
serial, step = sys.argv[1], int(sys.argv[2])
d = hmac.digest({seed!r}, struct.pack(">Q", step), "sha1")
o = d[-1] & 15
print("%06d" % ((struct.unpack(">I", d[o:o+4])[0] & 0x7fffffff) % 10**6))
"""

MakeCommand = Callable[..., CommandToken]


@pytest.fixture
def learnt() -> list[str]:
    return []


@pytest.fixture
def command(tmp_path: Path, learnt: list[str]) -> MakeCommand:
    def make(
        script: str, *, any_moment: bool = False, time: Time | None = None, seconds: float = 20
    ) -> CommandToken:
        (tmp_path / "fob.py").write_text(script, encoding="utf-8")
        return CommandToken(
            ASSET,
            DISPLAY,
            (sys.executable, "fob.py", "{serial}", "{step}", "{unix}"),
            Commands(tmp_path, {}, seconds),
            any_moment=any_moment,
            now=time or Time(),
            on_secret=learnt.append,
        )

    return make


def oracle(moment: datetime) -> str:
    return pyotp.TOTP(base64.b32encode(SEED).decode(), interval=60).at(moment)


def test_a_command_that_reads_the_display(command: MakeCommand, learnt: list[str]) -> None:
    time = Time()
    token = command(FOB.format(seed=SEED), time=time)
    assert not token.foresees
    code = token.code_at(NOW)
    assert code == oracle(NOW)
    assert learnt == [code]
    time.now += timedelta(minutes=3)
    assert token.code_at(NOW) == code, "what has been read is remembered"
    for minutes, word in ((2, "1 個前"), (5, "2 個先")):
        with pytest.raises(NotRun, match=word):
            token.code_at(NOW + timedelta(minutes=minutes))
    assert learnt == [code]


def test_a_command_that_computes_any_code(command: MakeCommand) -> None:
    token = command(FOB.format(seed=SEED), any_moment=True)
    assert token.foresees
    for minutes in (-1440, 0, 10):
        moment = NOW + timedelta(minutes=minutes)
        assert token.code_at(moment) == oracle(moment)


@pytest.mark.parametrize(
    ("script", "outcome", "word"),
    [
        ("print('12345')", DeclarationMismatch, "5 桁の数字"),
        ("print('code: 123456')", DeclarationMismatch, "数字以外を含む 12 文字"),
        ("pass", DeclarationMismatch, "何も出力"),
        ("import sys; sys.exit('no fob 987654')", EnvironmentTrouble, "終了コード 1.*no fob ＊"),
        ("while True: pass", EnvironmentTrouble, "秒以内に終わりません"),
    ],
)
def test_a_command_without_a_code(
    command: MakeCommand, script: str, outcome: type[Exception], word: str
) -> None:
    seconds = 0.2 if "while" in script else 20
    with pytest.raises(outcome, match=word) as caught:
        command(script, seconds=seconds).code_at(NOW)
    assert "987654" not in str(caught.value)
    assert "123456" not in str(caught.value)


def test_a_command_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(DeclarationMismatch, match="起動できません"):
        Commands(tmp_path, {}).run(("./none",), {}, key="adapters.tokens.command")


def test_a_display_that_changes_meanwhile(command: MakeCommand) -> None:
    class Late(Time):
        def __call__(self) -> datetime:
            before, self.now = self.now, self.now + timedelta(seconds=45)
            return before

    with pytest.raises(EnvironmentTrouble, match="次の値に変わりました"):
        command(FOB.format(seed=SEED), time=Late()).code_at(NOW)


# -- a person ------------------------------------------------------------------


def held_by(person: Person, learnt: list[str]) -> PersonToken:
    return PersonToken(ASSET, DISPLAY, person, now=person.time, on_secret=learnt.append)


def test_a_person_reads_the_display(learnt: list[str]) -> None:
    person = Person(Time(), "１２３ 456")
    token = held_by(person, learnt)
    assert token.code_at(NOW) == "123456"
    assert token.code_at(NOW) == "123456", "nobody is asked twice"
    assert learnt == ["123456"]
    (question, seconds, hidden) = person.asked[0]
    assert SERIAL in question
    assert "残り 40 秒" in question
    assert seconds == 40
    assert hidden
    assert "123456" not in repr(token)


def test_a_person_who_mistypes_is_asked_again(learnt: list[str]) -> None:
    person = Person(Time(), "12345", "123456")
    assert held_by(person, learnt).code_at(NOW) == "123456"
    assert [seconds for _, seconds, _ in person.asked] == [40, 35]
    assert "6 桁" in person.told[0]
    assert "12345" in learnt, "a mistyped code is nearly one"


def test_nobody_answers(learnt: list[str]) -> None:
    with pytest.raises(NotRun, match="応答がありません"):
        held_by(Person(Time(), None), learnt).code_at(NOW)
    with pytest.raises(NotRun, match="応答がありません"):
        held_by(Person(Time(), "1", "2", takes=30), learnt).code_at(NOW)


def test_a_run_without_a_person(learnt: list[str]) -> None:
    token = PersonToken(ASSET, DISPLAY, NobodyThere(), now=Time(), on_secret=learnt.append)
    with pytest.raises(NotRun, match="端末に人がいない") as caught:
        token.code_at(NOW)
    assert "adapters.tokens.kind" in caught.value.hint
