"""Good declarations load; every wrong one gets one clear line."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from otp_conformance.declaration.errors import DeclarationError
from otp_conformance.declaration.fields import parameters
from otp_conformance.declaration.load import LoadedDeclaration, load
from otp_conformance.declaration.removed import REMOVED
from otp_conformance.declaration.template import required_keys
from otp_conformance.language import speaking
from otp_conformance.resources import fixtures_dir
from otp_conformance.specification.manual import bundled

DECLARATIONS = fixtures_dir() / "declarations"

# Line numbers in the table below count from here: the first line is 1.
GOOD = """\
declaration_version = 1
[sut]
institution = "A"
product = "B"
version = "1"
base_url = "https://ib.example.test"
allowed_hosts = ["ib.example.test"]
[ics]
software_tokens = false
staff_access = true
staff_revocation = false
on_screen_keyboard = true
[otp]
digits = 6
[issue]
binding = "dispatch"
deactivate_when_issued = "refused"
[lockout]
threshold = 5
[activation]
failure_limit = 0
[confirmation_password]
min_length = 6
max_length = 12
[adapters.tokens]
kind = "person"
[adapters.provisioning]
kind = "pool"
file = "pool.toml"
[adapters.staff]
kind = "screens"
login_id = "staff01"
password = "env:STAFF"
"""

# Of staff on screens all that another way of acting as staff does not read.
SCREENS = '"screens"\nlogin_id = "staff01"\npassword = "env:STAFF"\n'


def _load(tmp_path: Path, text: str | bytes) -> LoadedDeclaration:
    path = tmp_path / "d.toml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return load(path)


def _wrong(tmp_path: Path, text: str | bytes) -> DeclarationError:
    with pytest.raises(DeclarationError) as caught:
        _load(tmp_path, text)
    return caught.value


@pytest.mark.parametrize("name", ["reference.toml", "minimal-example.toml"])
def test_declarations_of_the_repository_load(name: str) -> None:
    path = DECLARATIONS / name
    loaded = load(path)
    assert loaded.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_values_and_defaults(tmp_path: Path) -> None:
    loaded = _load(tmp_path, GOOD + '[labels]\n"portal.to_top" = ["ホーム"]\n')
    decl = loaded.declaration
    assert decl.otp.window.login.backward == 1
    assert decl.labels["portal.to_top"] == ("ホーム",)
    assert decl.labels["portal.title"] == ("ワンタイムパスワード申請内容選択",)
    assert decl.lockout.sources == ("login", "deactivation")
    assert decl.buttons.of("issued", "issue") == "error"
    effective = loaded.effective()
    assert effective["otp.step_seconds"] == 60
    assert effective["lockout.classes"] == ["wrong", "other_token", "reused", "stale", "future"]
    assert effective["labels.portal.to_top"] == ["ホーム"]
    assert effective["adapters.staff.password"] == "env:STAFF"
    assert "otp.step_seconds" in loaded.defaulted()
    assert "otp.digits" not in loaded.defaulted()


def test_a_single_cell_of_the_button_matrix(tmp_path: Path) -> None:
    decl = _load(tmp_path, GOOD + '[buttons.issued]\nissue = "hidden"\n').declaration
    assert decl.buttons.of("issued", "issue") == "hidden"
    assert decl.buttons.of("issued", "deactivate") == "error"


def test_label_keys_with_and_without_quotes(tmp_path: Path) -> None:
    decl = _load(tmp_path, GOOD + '[labels]\nportal.title = ["申請"]\n').declaration
    assert decl.labels["portal.title"] == ("申請",)
    decl = _load(tmp_path, GOOD + '[labels.portal]\ntitle = ["申請"]\n').declaration
    assert decl.labels["portal.title"] == ("申請",)


def test_every_ixit_parameter_can_be_declared() -> None:
    covered = {ixit for parameter in parameters() for ixit in parameter.ixit}
    assert covered == {f"IX-{number:02}" for number in range(1, 49)}


def test_every_parameter_is_described_in_both_languages() -> None:
    for parameter in parameters():
        assert parameter.ixit, parameter.key
        assert parameter.ja, parameter.key
        assert parameter.en, parameter.key


def test_the_reference_declares_everything_that_has_a_meaning_there() -> None:
    loaded = load(DECLARATIONS / "reference.toml")
    silent = {key.split(".")[0] for key in loaded.defaulted()}
    # It needs neither marks nor selectors: its screens have titles, its fields captions. Its
    # manual is the suite's own.
    assert silent <= {
        *("screen_ids", "otp", "issue", "buttons", "adapters", "screen_marks", "selectors", "sut"),
        *("switching", "retired"),  # holidays and days of refusal, which it has none of
    }


# (what is wrong, text replaced, replacement, line, key, word in the message)
CASES = [
    ("digits missing", "digits = 6\n", "", 13, "otp.digits", "IX-06"),
    ("binding missing", 'binding = "dispatch"\n', "", 15, "issue.binding", "IX-15"),
    (
        "deactivation when issued missing",
        'deactivate_when_issued = "refused"\n',
        "",
        15,
        "issue.deactivate_when_issued",
        "IX-20",
    ),
    ("threshold missing", "threshold = 5\n", "", 18, "lockout.threshold", "IX-21"),
    ("limit missing", "failure_limit = 0\n", "", 20, "activation.failure_limit", "IX-48"),
    ("length missing", "min_length = 6\n", "", 22, "confirmation_password.min_length", "IX-28"),
    ("table missing", "[otp]\ndigits = 6\n", "", 31, "otp.digits", "既定値なし"),
    ("optional part unsaid", "staff_access = true\n", "", 8, "ics.staff_access", "IX-17"),
    (
        "adapter missing",
        '[adapters.tokens]\nkind = "person"\n',
        "",
        25,
        "adapters.tokens.kind",
        "IX-11",
    ),
    ("unknown key", "threshold = 5", "treshold = 5", 19, "lockout.treshold", "threshold"),
    ("unknown table", "[lockout]", "[lokout]", 18, "lokout", "lockout"),
    ("wrong type: text", "digits = 6", 'digits = "6"', 14, "otp.digits", "整数"),
    (
        "wrong type: number",
        "staff_access = true",
        "staff_access = 1",
        10,
        "ics.staff_access",
        "true",
    ),
    ("wrong type: decimal", "threshold = 5", "threshold = 5.0", 19, "lockout.threshold", "整数"),
    ("wrong type: date", 'version = "1"', "version = 2026-01-01", 5, "sut.version", "文字列"),
    ("wrong type: table", "[otp]\ndigits = 6", "[[otp]]\ndigits = 6", 13, "otp", "表"),
    (
        "wrong type: text for a list",
        'allowed_hosts = ["ib.example.test"]',
        'allowed_hosts = "ib.example.test"',
        7,
        "sut.allowed_hosts",
        "配列",
    ),
    ("too small", "threshold = 5", "threshold = 0", 19, "lockout.threshold", "1 以上"),
    ("too large", "digits = 6", "digits = 99", 14, "otp.digits", "10 以下"),
    ("empty text", 'product = "B"', 'product = ""', 4, "sut.product", "空でない"),
    ("wrong word", '"dispatch"', '"dispach"', 16, "issue.binding", "「dispatch」のことですか"),
    (
        "wrong word in a list",
        "threshold = 5",
        'threshold = 5\nsources = [\n  "login",\n  "logn",\n]',
        22,
        "lockout.sources[1]",
        "「login」のことですか",
    ),
    (
        "wrong time zone",
        "[activation]",
        '[switching]\ntime_zone = "Asia/Tokio"\n[activation]',
        21,
        "switching.time_zone",
        "Asia/Tokyo",
    ),
    ("other version", "_version = 1", "_version = 2", 1, "declaration_version", "1"),
    ("no address", '"https://ib.example.test"', '"ib.example.test"', 6, "sut.base_url", "http"),
    (
        "secret in the address",
        "https://ib",
        "https://u:pw@ib",
        6,
        "sut.base_url",
        "秘密の値はアドレス",
    ),
    ("port out of range", '.test"\nall', '.test:99999"\nall', 6, "sut.base_url", "ポート"),
    (
        "host not allowed",
        '["ib.example.test"]',
        '["other.example.test"]',
        7,
        "sut.allowed_hosts",
        "ib.example.test",
    ),
    ("auto without start", '"https://ib.example.test"', '"auto"', 6, "sut.base_url", "sut.start"),
    (
        "auto without port",
        'base_url = "https://ib.example.test"\nallowed_hosts = ["ib.example.test"]',
        'base_url = "auto"\nallowed_hosts = ["localhost"]\n[sut.start]\ncommand = ["serve"]',
        9,
        "sut.start.command",
        "{port}",
    ),
    (
        "unknown placeholder",
        "[ics]",
        '[sut.start]\ncommand = [\n "serve",\n "{prot}",\n]\n[ics]',
        11,
        "sut.start.command[1]",
        "「port」のことですか",
    ),
    (
        "staff without adapter",
        '[adapters.staff]\nkind = "screens"\nlogin_id = "staff01"\npassword = "env:STAFF"\n',
        "",
        10,
        "ics.staff_access",
        "adapters.staff",
    ),
    (
        "test control without its table",
        'kind = "pool"',
        'kind = "test_control"',
        28,
        "adapters.provisioning.kind",
        "adapters.test_control",
    ),
    ("pool without file", 'file = "pool.toml"\n', "", 27, "adapters.provisioning.file", "pool"),
    ("pskc without file", '"person"', '"pskc"', 25, "adapters.tokens.file", "pskc"),
    ("command without words", '"person"', '"command"', 25, "adapters.tokens.command", "command"),
    (
        "token command without serial",
        '"person"',
        '"command"\ncommand = ["fob", "{step}"]',
        27,
        "adapters.tokens.command",
        "{serial} を書き足して",
    ),
    (
        "token command with a misspelt placeholder",
        '"person"',
        '"command"\ncommand = ["fob", "{serial}", "{setp}"]',
        27,
        "adapters.tokens.command",
        "「step」のことですか",
    ),
    (
        "any moment without the moment",
        '"person"',
        '"command"\ncommand = ["fob", "{serial}"]\nany_moment = true',
        28,
        "adapters.tokens.any_moment",
        "{unix} か {step}",
    ),
    (
        "time-out of no time",
        '"person"',
        '"person"\ntimeout_seconds = 0',
        27,
        "adapters.tokens.timeout_seconds",
        "1",
    ),
    (
        "seeds in octal",
        '"person"',
        '"person"\nseed_format = "oct"',
        27,
        "adapters.tokens.seed_format",
        "base32",
    ),
    ("staff over HTTP without calls", SCREENS, '"http"\n', 30, "adapters.staff.calls", "http"),
    (
        "staff by commands without any",
        SCREENS,
        '"command"\n',
        30,
        "adapters.staff.commands",
        "command",
    ),
    (
        "unlock without circumstances",
        SCREENS,
        '"command"\ncommands.unlock = ["unlock", "{login_id}"]',
        32,
        "adapters.staff.commands.unlock",
        "{circumstances}",
    ),
    (
        "a call with a misspelt placeholder",
        SCREENS,
        '"http"\ncalls.orders = { url = "/o/{loginid}" }',
        32,
        "adapters.staff.calls.orders",
        "「login_id」のことですか",
    ),
    (
        "dispatch by a number that nobody names",
        SCREENS,
        (
            '"http"\ncalls.orders = { url = "/o/{login_id}" }\n'
            'calls.dispatch = { url = "/o/{order_id}", body = "{serial}" }'
        ),
        30,
        "adapters.staff.order_members.id",
        "{order_id}",
    ),
    (
        "dispatch of a token that nobody would know",
        SCREENS,
        '"http"\ncalls.dispatch = { url = "/o/{login_id}" }',
        32,
        "adapters.staff.calls.dispatch",
        "orders",
    ),
    (
        "a call without address",
        '"screens"',
        '"http"\ncalls.orders = { method = "GET" }',
        32,
        "adapters.staff.calls.orders.url",
        "記載なし",
    ),
    (
        "a key of a call written out",
        '"screens"',
        '"http"\ncalls.orders = { url = "/o/{login_id}", secret_headers = { A = "hunter2" } }',
        32,
        "adapters.staff.calls.orders.secret_headers.A",
        "参照",
    ),
    ("no staff id", 'login_id = "staff01"\n', "", 30, "adapters.staff.login_id", "screens"),
    ("secret inline", '"env:STAFF"', '"hunter2"', 33, "adapters.staff.password", "参照"),
    ("secret of another type", '"env:STAFF"', "12345", 33, "adapters.staff.password", "参照"),
    (
        "lengths turned round",
        "min_length = 6",
        "min_length = 16",
        23,
        "confirmation_password.min_length",
        "max_length",
    ),
    (
        "limit without effect",
        "failure_limit = 0",
        "failure_limit = 3",
        20,
        "activation.limit_effect",
        "IX-48",
    ),
    (
        "unknown label",
        "[otp]",
        '[labels]\n"portal.titel" = ["x"]\n[otp]',
        14,
        "labels.portal.titel",
        "portal.title",
    ),
    (
        "unknown label without quotes",
        "[otp]",
        '[labels]\nlogin.id = ["x"]\nportal.titel = ["x"]\n[otp]',
        15,
        "labels.portal.titel",
        "portal.title",
    ),
    (
        "label that matches everything",
        "[otp]",
        '[labels]\n"portal.title" = [" （） "]\n[otp]',
        14,
        "labels.portal.title",
        "どの画面にも",
    ),
    (
        "label without text",
        "[otp]",
        '[labels]\n"portal.title" = []\n[otp]',
        14,
        "labels.portal.title",
        "空でない",
    ),
    ("syntax: quote", 'product = "B"', 'product = "B', 4, "", "TOML"),
    ("syntax: key twice", 'version = "1"', 'product = "C"', 5, "", "TOML"),
    ("syntax: end of file", "[adapters.staff]", "[adapters.staff", 30, "", "TOML"),
]


@pytest.mark.parametrize(
    ("old", "new", "line", "key", "word"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_one_line_for_each_mistake(
    tmp_path: Path, old: str, new: str, line: int, key: str, word: str
) -> None:
    assert GOOD.count(old) >= 1
    error = _wrong(tmp_path, GOOD.replace(old, new, 1))
    assert [(p.line, p.key) for p in error.problems] == [(line, key)]
    text = str(error)
    assert text.startswith(f"{tmp_path / 'd.toml'}:{line}: ")
    assert "\n" not in text
    assert word in text
    assert "hunter2" not in text
    assert "12345" not in text
    assert ":pw@" not in text


@pytest.mark.parametrize("key", REMOVED)
def test_a_key_of_an_earlier_version_gets_one_clear_message(tmp_path: Path, key: str) -> None:
    *tables, last = key.split(".")
    line = f"{last} = false"
    text = GOOD
    head = f"[{'.'.join(tables)}]\n"
    text = text.replace(head, head + line + "\n") if head in text else f"{text}{head}{line}\n"
    problems = _wrong(tmp_path, text).problems
    assert [p.key for p in problems] == [key]
    assert problems[0].fix == REMOVED[key].ja


@pytest.mark.parametrize("case", CASES, ids=[c[0] for c in CASES])
def test_english_messages_hold_no_japanese(
    tmp_path: Path, case: tuple[str, str, str, int, str, str]
) -> None:
    with speaking("en"):
        text = str(_wrong(tmp_path, GOOD.replace(case[1], case[2], 1)))
    japanese = [c for c in text if "ぁ" <= c <= "ヿ"]
    assert not japanese or "（）" in case[2] or "トークン発行済" in text
    assert "found " in text
    assert ", expected " in text


def test_good_text_is_good(tmp_path: Path) -> None:
    assert _load(tmp_path, GOOD).declaration.lockout.threshold == 5


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = GOOD.replace("digits = 6", "digts = 6").replace("threshold = 5", "threshold = 0")
    error = _wrong(tmp_path, text + "colour = 1\n")
    keys = [problem.key for problem in error.problems]
    assert keys == ["otp.digts", "lockout.threshold", "adapters.staff.colour"]


@pytest.mark.parametrize(
    ("content", "line", "word"),
    [
        (b"\xef\xbb\xbf" + GOOD.encode(), 1, "BOM"),
        (GOOD.replace('"A"', '"信用組合"').encode("shift_jis"), 3, "UTF-8"),
        (GOOD.encode("utf-16"), 1, "UTF-8"),
    ],
)
def test_encodings(tmp_path: Path, content: bytes, line: int, word: str) -> None:
    (problem,) = _wrong(tmp_path, content).problems
    assert problem.line == line
    assert word in str(problem)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    for path, word in ((tmp_path / "none.toml", "ファイルなし"), (tmp_path, "フォルダー")):
        with pytest.raises(DeclarationError, match=word) as caught:
            load(path)
        assert str(caught.value).startswith(f"{path}: ")


def test_an_empty_file_names_everything_that_must_be_declared(tmp_path: Path) -> None:
    keys = {problem.key for problem in _wrong(tmp_path, "").problems}
    assert keys == {"declaration_version", *required_keys()}
    assert keys <= {p.key for p in parameters() if p.required}


def test_label_defaults_name_every_screen() -> None:
    titles = {key for key in bundled().labels if key.endswith("title")}
    assert len(titles) >= 20
    assert all(texts for key, texts in bundled().labels.items() if not key.startswith("error."))
