"""The file of prepared assets: what is wrong with it is said in one line each."""

from __future__ import annotations

import pytest

from otp_conformance.assets.pool.file import load_pool
from otp_conformance.declaration.errors import DeclarationError
from otp_conformance.resources import fixtures_dir

GOOD = """\
[defaults]
login_password = "env:PW"
confirmation_password = "file:secrets/{login_id}"
seed = "file:seeds/{serial}"
expires_at = 2031-03-31T23:59:00+09:00

[[customer]]
login_id = "u1"
status = "in_service"
token = "100000000001"

[[customer]]
login_id = "u2"
status = "not_registered"

[[token]]
serial = "100000000001"

[[token]]
serial = "200000000001"
kind = "software"
reserved_for = "u2"
"""


def write(tmp_path, text):
    path = tmp_path / "pool.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_example_is_sound():
    pool = load_pool(fixtures_dir() / "declarations" / "pool-example.toml")
    assert [entry.login_id for entry in pool.entries] == ["test0001", "test0002"]
    assert pool.entries[1].reserved == (pool.tokens["200000000001"],)
    assert [token.serial for token in pool.spare] == ["100000000002"]


@pytest.mark.parametrize(
    ("old", "new", "line", "key", "word"),
    [
        ('status = "in_service"', 'status = "in_servce"', 9, "customer[0].status", "in_service"),
        ('login_id = "u2"', 'login_id = "u1"', 13, "customer[1].login_id", "customer[0]"),
        ('token = "100000000001"', 'token = "1"', 10, "customer[0].token", "[[token]]"),
        ('token = "100000000001"', "", 7, "customer[0].token", "in_service"),
        ('token = "100000000001"', "token = 100000000001", 10, "customer[0].token", "文字列"),
        ('status = "not_registered"', 'status = "suspended"', 12, "customer[1].token", "suspended"),
        ('login_password = "env:PW"', 'login_password = "hunter2"', 2, "defaults.login_password",
         "参照"),
        ('login_password = "env:PW"', "", 7, "customer[0].login_password", "[defaults]"),
        ('kind = "software"\n', "", 21, "token[1].reserved_for", "software"),
        ('reserved_for = "u2"', 'reserved_for = "u3"', 22, "token[1].reserved_for", "[[customer]]"),
        ("expires_at = 2031-03-31T23:59:00+09:00", "expires_at = 2031-03-31T23:59:00", 5,
         "defaults.expires_at", "時差"),
        ('seed = "file:seeds/{serial}"', "", 16, "token[0].seed", "[defaults]"),
        ('login_id = "u2"', 'loginid = "u2"', 13, "customer[1].loginid", "login_id"),
    ],
)  # fmt: skip
def test_mistakes_name_line_key_and_fix(tmp_path, old, new, line, key, word):
    assert old in GOOD
    with pytest.raises(DeclarationError) as caught:
        load_pool(write(tmp_path, GOOD.replace(old, new, 1)))
    problem = caught.value.problems[0]
    assert (problem.line, problem.key) == (line, key), str(problem)
    assert word in str(problem)
    assert "hunter2" not in str(problem)


def test_seeds_are_asked_for_only_where_codes_come_from_them(tmp_path):
    path = write(tmp_path, GOOD.replace('seed = "file:seeds/{serial}"\n', ""))
    assert load_pool(path, needs_seeds=False).entries
    with pytest.raises(DeclarationError):
        load_pool(path)


def test_missing_file(tmp_path):
    with pytest.raises(DeclarationError, match="ファイルなし"):
        load_pool(tmp_path / "none.toml")


def test_thousands_of_entries_with_one_mistake(tmp_path):
    more = "".join(
        f'[[token]]\nserial = "3{n:011d}"\n[[customer]]\nlogin_id = "v{n}"\n'
        f'status = "in_service"\ntoken = "3{n:011d}"\n'
        for n in range(3000)
    )
    text = GOOD + more
    assert len(load_pool(write(tmp_path, text)).entries) == 3002
    with pytest.raises(DeclarationError) as caught:
        load_pool(write(tmp_path, text + '[[token]]\nserial = "x"\n'))
    assert caught.value.problems[0].line == text.count("\n") + 2
