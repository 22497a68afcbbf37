"""compare, history and manual: what is typed, what is told, and the exit codes."""

import json
import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "report"))

from told_runs import tell

ONE = "LCK-06/1"


@pytest.fixture(autouse=True)
def two_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    tell(tmp_path / "reports", "run-a", {ONE: "pass"})
    tell(tmp_path / "reports", "run-b", {ONE: ("fail", "入れた")}, day=1)
    (tmp_path / "reports" / "latest").symlink_to("run-b", target_is_directory=True)
    return tmp_path


def refused(answer, *said):
    """The command ended with 2 and one line that says all of it."""
    code, out, err = answer
    assert (code, out) == (2, "")
    assert err.startswith("otp-conformance: ")
    assert len(err.splitlines()) == 1
    assert all(each in err for each in said), err
    return True


# -- compare ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [("run-a", "latest", 1), ("reports/run-b", "run-a", 0), ("run-a", "run-a", 0)],
)
def test_compare_ends_with_whether_it_got_worse(cli, before, after, code):
    assert cli("compare", before, after)[0] == code


def test_compare_tells_what_broke(cli):
    _, out, _ = cli("compare", "run-a", "latest")
    assert "新たに不合格になった" in out
    assert "合格 → 不合格  LCK-06/1" in out
    _, out, _ = cli("compare", "--lang", "en", "run-a", "latest")
    assert "pass → fail  LCK-06/1" in out
    assert "It got worse" in out


def test_compare_ends_with_3_where_it_cannot_be_told(cli, two_runs):
    tell(two_runs / "reports", "run-c", {ONE: "not_run"}, day=2)
    code, out, _ = cli("compare", "run-a", "run-c")
    assert code == 3
    assert "言えません" in out


def test_compare_for_programs_and_as_a_page(cli, two_runs):
    code, out, _ = cli("compare", "--format", "json", "run-a", "latest")
    assert (code, json.loads(out)["answer"]) == (1, "worse")
    cli("compare", "--format", "html", "run-a", "latest")
    assert (two_runs / "reports" / "compare-run-a-run-b.html").is_file()


def test_compare_with_a_run_that_is_not_there(cli):
    assert refused(cli("compare", "run-a", "run-z"), "run-z", "見つかりません")


@pytest.mark.parametrize("command", [("compare", "run-a"), ("manual",)])
def test_a_folder_without_a_journal_is_no_run(cli, two_runs, command):
    (two_runs / "reports" / "notes").mkdir()
    assert refused(cli(*command, "notes"), "notes に実行記録", "journal.ndjson")


def test_compare_with_an_altered_run_ends_with_5(cli, two_runs):
    journal = two_runs / "reports" / "run-b" / "journal.ndjson"
    journal.write_bytes(journal.read_bytes().replace("入れた".encode(), "はじいた".encode()))
    assert cli("compare", "run-a", "run-b")[0] == 5


# -- history ------------------------------------------------------------------


def test_history_tells_where_it_broke_and_what_was_left_out(cli, two_runs):
    (two_runs / "reports" / "notes").mkdir()
    code, out, _ = cli("history")
    assert code == 0
    assert "LCK-06/1  シナリオ LCK-06/1  run-b から" in out
    assert "notes: 実行記録（journal.ndjson）がありません" in out


def test_history_for_programs_and_as_a_page(cli, two_runs):
    _, out, _ = cli("history", "--format", "json", "reports")
    assert [r["run_id"] for r in json.loads(out)["series"][0]["runs"]] == ["run-a", "run-b"]
    cli("history", "--format", "html", "--output", "pages")
    assert 'href="../reports/run-b/' not in (two_runs / "pages" / "history.html").read_text("utf-8")


def test_history_of_nothing(cli, two_runs):
    assert refused(cli("history", "nowhere"), "nowhere", "ありません")
    (two_runs / "empty" / "notes").mkdir(parents=True)
    assert refused(cli("history", "empty"), "notes: 実行記録", "一つもありません")


# -- manual -------------------------------------------------------------------


def test_manual_takes_the_latest_run_or_none(cli, two_runs):
    code, out, _ = cli("manual")
    assert code == 0
    assert "run-b" in out
    html = (two_runs / "reports" / "manual.html").read_text("utf-8")
    assert "約束されていること" in html
    _, out, _ = cli("manual", "--no-run")
    assert "判定はありません" in out
    (two_runs / "reports" / "latest").unlink()
    assert "判定はありません" in cli("manual")[1]


def test_the_text_may_be_cp932_and_is_in_no_runs_folder(cli, two_runs):
    text = two_runs / "ours.txt"
    text.write_text("トークンとは\r\n\r\n見本の文\r\n", encoding="cp932")
    code, out, _ = cli("manual", "--text", "ours.txt")
    assert code == 0
    assert "見つからない見出し" in out
    assert "見本の文" in (two_runs / "reports" / "manual.html").read_text("utf-8")
    inside = [f for f in (two_runs / "reports").rglob("*/*") if f.is_file()]
    assert not any("見本の文".encode() in f.read_bytes() for f in inside)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "No such file"),
        (b"%PDF-1.7 ...", "テキストファイルではありません"),
        ("見本".encode("utf-16"), "UTF-16"),
        (b"a\nb\n\x81\xff\xfa\n", "3 行目の文字コード"),
        (b" \n\n", "空です"),
    ],
)
def test_a_text_that_cannot_be_used(cli, two_runs, content, said):
    if content is not None:
        (two_runs / "ours.txt").write_bytes(content)
    assert refused(cli("manual", "--text", "ours.txt"), "ours.txt", said)


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ("[lines", "TOML"),
        ("[line]\n", "line という名前はありません。「lines」"),
        ('[lines]\n"LCK-91" = "L1"', "lines.LCK-91"),
        ('[lines]\n"LCK-01" = "L4"', "lines.LCK-01 は本文の行（1 から 3）ではありません"),
        ('[lines]\n"LCK-01" = "ない言葉"', "0 行にあります"),
        ('[lines]\n"LCK-01" = "同じ文"', "2 行にあります"),
        ('[lines]\n"LCK-01" = 3', "lines.LCK-01"),
        ('[headings]\n"トークンとは" = 2', "headings.トークンとは"),
        ('[headings]\n"ワンタイムパスワード利用解除" = "L2"', "行番号（整数）"),
        ("first = 3\nlast = 2", "last"),
        ("first = true", "first"),
    ],
)
def test_a_mapping_that_cannot_be_used(cli, two_runs, mapping, said):
    (two_runs / "ours.txt").write_text("同じ文\n同じ文\n別の文", encoding="utf-8")
    (two_runs / "map.toml").write_text(mapping, encoding="utf-8")
    answer = cli("manual", "--text", "ours.txt", "--mapping", "map.toml")
    assert refused(answer, "map.toml", said)


def test_a_mapping_places_by_lines_and_by_words(cli, two_runs):
    (two_runs / "ours.txt").write_text("一つ目\n二つ目\n三つ目", encoding="utf-8")
    (two_runs / "map.toml").write_text(
        '[headings]\n"ワンタイムパスワード利用解除" = 3\n'
        '[lines]\n"LCK-01" = "L1-2"\n"LCK-02" = "三つ"\n',
        encoding="utf-8",
    )
    _, out, _ = cli("manual", "--text", "ours.txt", "--mapping", "map.toml")
    assert "対応づけファイルによる" in out
    html = (two_runs / "reports" / "manual.html").read_text("utf-8")
    assert html.count('href="#req-LCK-01" class="mark"') == 2
    assert html.count('href="#req-LCK-02" class="mark"') == 1


def test_what_manual_refuses(cli, two_runs):
    assert refused(cli("manual", "--mapping", "a.toml"), "--text")
    assert refused(cli("manual", "run-a", "--no-run"), "--no-run")
    assert refused(cli("manual", "run-a", "--history", "nowhere"), "nowhere")
    assert refused(cli("manual", "run-z"), "run-z")
    tell(two_runs / "reports", "run-s", {ONE: "pass"}, set="hardening")
    assert refused(cli("manual", "run-s"), "hardening", "場所がありません")
    (two_runs / "file").write_text("", encoding="utf-8")
    code, _, err = cli("manual", "run-a", "--output", "file/below")
    assert code == 2
    assert "書き込めません" in err


def test_manual_tells_since_when(cli, two_runs):
    cli("manual", "--history", "reports")
    html = (two_runs / "reports" / "manual.html").read_text("utf-8")
    assert "2026-04-02 から" in html


@pytest.mark.parametrize("name", ["results.md", "results.ja.md"])
def test_the_mapping_of_the_documents_can_be_used(cli, two_runs, name):
    document = (Path(__file__).parents[2] / "docs" / name).read_text("utf-8")
    (mapping,) = re.findall(r"```toml\n(.*?)```", document, re.DOTALL)
    (two_runs / "map.toml").write_text(mapping, encoding="utf-8")
    lines = [*["文"] * 300, "お客さまご自身ではできません"]
    (two_runs / "ours.txt").write_text("\n".join(lines), encoding="utf-8")
    assert cli("manual", "--text", "ours.txt", "--mapping", "map.toml")[0] == 0
