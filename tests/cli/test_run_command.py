"""``otp-conformance run`` as a person sees it."""

import re
import socket
from pathlib import Path

import pytest
from tiny_suite import FAILS, PASSES, scenario

from otp_conformance.agent.trouble import BrowserMissing
from otp_conformance.cli import run as run_module
from otp_conformance.journal.journal import JOURNAL_FILE, read


def test_pass(suite, cli):
    suite.feature(PASSES)
    code, out, err = cli("run")
    assert code == 0
    assert err == ""
    assert re.search(r"\[1/1\] ○ 合格 +LGN-01/1 +合格する", out)
    assert "判定: 合格（終了コード 0" in out
    assert "再実行" not in out
    (run_dir,) = [d for d in (suite.root / "reports").iterdir() if not d.is_symlink()]
    assert f"報告書: reports/{run_dir.name}/index.html" in out
    assert (run_dir / "index.html").is_file()


def test_failure_is_told_at_once_and_can_be_repeated(suite, cli):
    suite.feature(PASSES, FAILS)
    code, out, _ = cli("run")
    assert code == 1
    assert re.search(r"\[2/2\] × 不合格 +LGN-02/1 +不合格になる", out)
    details, _, summary = out.partition("不合格の要件 (1)")
    told = dict(re.findall(r"^ {8}(\S+) +: (.+)$", details, re.MULTILINE))
    assert told["期待"] == "満たす"
    assert told["観測"] == "満たさない"
    assert told["手順"] == "2 番目: ならば 満たされない"
    assert told["再実施"].startswith("otp-conformance run --id LGN-02/1")
    assert told["対処"] == "製品を要件に合わせて直し、再実施のコマンドで確かめてください。"
    assert "LGN-02" in summary.split("章（シナリオ数）")[0]
    command = next(line for line in summary.splitlines() if line.startswith("  otp-conformance"))
    run_id = Path("reports/latest").readlink().name
    assert command == f"  otp-conformance run --rerun {run_id} --failed"
    again, out, _ = cli(*command.split()[1:])
    assert again == 1
    assert "[1/1] × 不合格" in out


def test_chapters_with_their_verdicts(suite, cli):
    suite.feature(PASSES, FAILS)
    suite.feature(PASSES, path="03_activation/activation.feature")
    _, out, _ = cli("run")
    table = out[out.index("章（シナリオ数）") :].splitlines()
    assert [line.split() for line in table[:4]] == [
        ["章（シナリオ数）", "不合格", "合格"],
        ["利用開始登録", "·", "1"],
        ["ログイン", "1", "1"],
        ["計", "1", "2"],
    ]


def test_quiet_leaves_out_what_passes(suite, cli):
    suite.feature(PASSES, FAILS)
    _, out, _ = cli("run", "--quiet")
    assert "合格する" not in out.split("不合格の要件")[0].replace("不合格になる", "")
    assert "× 不合格" in out


def test_english(suite, cli):
    suite.feature(FAILS)
    code, out, _ = cli("run", "--lang", "en")
    assert code == 1
    assert "× fail" in out
    assert "observed" in out
    assert "Verdict: fail (exit code 1" in out
    assert "Re-run just what did not pass:" in out


def test_language_of_the_locale(suite, cli, monkeypatch):
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    suite.feature(PASSES)
    assert "Verdict: pass" in cli("run")[1]


def test_no_colours_off_a_terminal(suite, cli):
    suite.feature(PASSES, FAILS)
    assert "\x1b[" not in cli("run")[1]


def test_suite_fault_is_no_verdict_on_the_product(suite, cli):
    suite.feature(scenario("ならば 試験装置がこわれる"))
    code, out, _ = cli("run")
    assert code == 4
    assert "△ 試験装置異常" in out
    assert "判定: 試験装置異常（終了コード 4" in out


def test_reasons_for_not_running_are_told_once(suite, cli):
    suite.feature(
        scenario("もし 検査対象が落ちる", name="落ちる"),
        *(scenario("ならば 満たされる", name=f"残り{n}") for n in range(5)),
    )
    code, out, _ = cli("run")
    assert code == 3
    assert out.count("残り") == 1
    assert "ほか 4 件も同じ理由で未実施" in out


def test_what_the_declaration_rules_out_is_not_offered_again(suite, cli):
    suite.changes = {"ics": {"staff_access": False}}
    suite.feature(PASSES, scenario("ならば 満たされる", tags="@LGN-01 @needs.staff"))
    code, out, _ = cli("run")
    assert code == 3
    assert "ics.staff_access" in out
    assert "再実行" not in out


def test_no_browser_is_one_line(suite, cli):
    suite.browser.missing = True
    suite.feature(PASSES)
    code, _, err = cli("run")
    assert code == 3
    assert len(err.splitlines()) == 1
    assert "apt install chromium-headless-shell" in err


def test_port_in_use_is_one_line(suite, cli):
    suite.feature(PASSES)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        code, out, err = cli("run", "--port", port)
    assert (code, out) == (2, "")
    assert err == (
        f"otp-conformance: ポート {port} は使用中です。別の番号を --port で指定するか、"
        "--port 0 で空きポートを使ってください。\n"
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "--tags", "@nosuch"),
        ("run", "--tags", ""),
        ("run", "-r", ""),
        ("run", "-r", " , "),
        ("run", "--name", ""),
        ("run", ""),
        ("list", "--tags", ""),
        ("run", "features/04_login/login.feature:9999"),
        ("run", "--settings", "."),
        ("run", "--agent"),
        ("run", "--headed=1"),
        ("report", "a", "b"),
        ("run", "--requirement", "LGN-98"),
        ("run", "--name", "どこにもない"),
        ("run", "nosuch.feature"),
        ("run", "--settings", "nosuch.toml"),
        ("run", "--declaration", "nosuch.toml"),
        ("run", "--port", "70000"),
        ("run", "--port", "abc"),
        ("run", "--lang", "fr"),
        ("run", "--nosuch"),
        ("run", "--name"),
        ("rnu",),
        ("report",),
        ("report", "nosuch"),
        ("requirements", "LGN-98"),
        ("declaration", "check"),
        ("declaration", "check", "nosuch.toml"),
        ("declaration", "chekc", "nosuch.toml"),
    ],
)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_bad_usage_is_one_line_and_2(suite, cli, arguments, language, monkeypatch):
    monkeypatch.setenv("LANG", {"ja": "ja_JP.UTF-8", "en": "en_US.UTF-8"}[language])
    suite.feature(PASSES)
    code, out, err = cli(*arguments)
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert "Traceback" not in err
    assert err.startswith("otp-conformance: ")
    assert not (suite.root / "reports").exists()


ENGLISH_WORDS = re.compile(r"is not|valid|range|requires|argument|one of|default:")


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (("run", "--port", "70000"), "--port の値 70000 を使えません（0 以上 65535 以下の整数"),
        (("run", "--repeat", "abc"), "--repeat の値 abc を使えません（1 以上 100 以下の整数"),
        (("run", "--agent", "x"), "browser / http のどれか"),
        (("run", "--agent"), "--agent の値を指定してください"),
        (("run", "--headed=1"), "--headed は値をとりません"),
        (("report", "a", "b"), "余分な引数があります: b"),
        (("list", "--lang", "fr"), "--lang の値 fr を使えません（ja / en のどれか"),
        (("run", "--settings", "."), "フォルダーです"),
    ],
)
def test_japanese_messages_are_japanese(suite, cli, monkeypatch, arguments, wanted):
    monkeypatch.setenv("LANG", "ja_JP.UTF-8")
    suite.feature(PASSES)
    _, _, err = cli(*arguments)
    assert wanted in err
    assert not ENGLISH_WORDS.search(err)


def test_defaults_in_the_help_are_japanese(cli):
    _, out, _ = cli("run", "--help")
    assert "［既定: browser］" in out
    assert "default:" not in out
    assert "[default: browser]" in cli("run", "--help", "--lang", "en")[1]


def test_a_selection_is_no_verdict_on_the_whole(suite, cli):
    suite.feature(PASSES, FAILS)
    _, out, _ = cli("run", "--requirement", "LGN-01")
    assert "判定: 合格（選んだ 1 シナリオ。全体の判定ではありません。終了コード 0" in out
    _, out, _ = cli("run", "--requirement", "LGN-01", "--lang", "en")
    assert "Verdict: pass (of 1 selected scenario(s), not of the whole; exit code 0" in out
    assert "全体の判定" not in cli("run")[1]


def test_one_requirement_in_japanese_words(suite, cli):
    suite.feature(PASSES)
    out = cli("requirements", "LGN-06")[1]
    for word in ("解釈", "動作", "禁止", "できる"):
        assert word in out
    assert not re.search(r"implied|behaviour|MUST|yes|—|;", out)
    assert "implied" in cli("requirements", "LGN-06", "--lang", "en")[1]


def test_no_browser_in_english(suite, cli):
    suite.browser.missing = True
    suite.feature(PASSES)
    _, _, err = cli("run", "--lang", "en")
    (line,) = err.splitlines()
    assert "The browser or its driver does not start" in line
    assert line.isascii()


def test_no_browser_found_in_english(suite, cli, monkeypatch):
    def none(self):
        raise BrowserMissing(expected="ある", observed="ブラウザーが見つかりません", hint="…")

    monkeypatch.setattr(type(suite.browser), "product", none)
    suite.feature(PASSES)
    _, _, err = cli("run", "--lang", "en")
    assert err == (
        "otp-conformance: No browser was found. On Debian: apt install chromium-headless-shell; "
        "elsewhere: playwright install chromium-headless-shell.\n"
    )


def test_settings_belong_to_the_reference_bank_only(suite, cli, tmp_path):
    text = suite.loaded().path.read_text(encoding="utf-8")
    other = tmp_path / "other.toml"
    other.write_text(text, encoding="utf-8")
    settings = tmp_path / "settings.toml"
    settings.write_text("", encoding="utf-8")
    suite.feature(PASSES)
    code, _, err = cli("run", "--declaration", str(other), "--settings", str(settings))
    assert code == 2
    assert "sut.start.command" in err


def test_broken_declaration_has_a_line_for_each_mistake(suite, cli, tmp_path):
    file = tmp_path / "bad.toml"
    text = suite.loaded().path.read_text(encoding="utf-8")
    text = text.replace("threshold = 5", "threshold = 0").replace("digits = 6", 'digits = "six"')
    file.write_text(text, encoding="utf-8")
    suite.feature(PASSES)
    code, out, err = cli("run", "--declaration", str(file))
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 2
    assert "lockout.threshold" in err
    assert "otp.digits" in err


def test_list_shows_what_would_run(suite, cli):
    suite.changes = {"ics": {"software_tokens": False}}
    suite.feature(PASSES, scenario("ならば 満たされる", name="ソフト", tags="@needs.software"))
    code, out, _ = cli("list")
    assert code == 0
    row = r"^LGN-01/1 +\w+ +LGN-01 +features/04_login/login\.feature:5 +合格する"
    assert re.search(row, out, re.M)
    assert "［対象外: " in out
    assert "2 件（うち宣言により実施しないもの 1 件）" in out


def test_requirements_show_their_scenarios(suite, cli):
    suite.feature(PASSES)
    code, out, _ = cli("requirements", "LGN-01", "LGN-02")
    assert code == 0
    assert "LGN-01/1  合格する" in out
    assert "なし（未検査）" in out
    code, out, _ = cli("requirements", "--lang", "en")
    assert code == 0
    assert "257 requirements, 1 with scenarios" in out


def test_reports_can_be_built_again(suite, cli):
    suite.feature(PASSES)
    cli("run")
    index = suite.root / "reports" / "latest" / "index.html"
    before = index.read_bytes()
    index.unlink()
    code, out, _ = cli("report", "reports/latest")
    assert code == 0
    assert f"{Path('reports/latest').readlink()}/index.html" in out
    assert index.read_bytes() == before


def test_a_run_elsewhere_is_found_by_the_same_reports_option(suite, cli):
    suite.feature(PASSES)
    cli("run", "--reports", "elsewhere")
    code, out, _ = cli("report", "latest", "--reports", "elsewhere")
    assert code == 0
    assert f"elsewhere/{Path('elsewhere/latest').readlink()}/index.html" in out
    code, out, _ = cli("coverage", "latest", "--reports", "elsewhere")
    assert f"実施の記録: {Path('elsewhere/latest').readlink()}" in out
    for command in ("report", "coverage"):
        code, _, err = cli(command, "latest")
        assert code == 2
        assert "--reports" in err


@pytest.mark.parametrize(
    ("arguments", "environment", "language"),
    [
        ((), {}, "ja"),
        ((), {"LANG": "en_US.UTF-8"}, "ja"),  # of the machine, not of the readers
        (("--lang", "en"), {}, "en"),
        ((), {"OTP_CONFORMANCE_LANG": "en"}, "en"),
        (("--lang", "ja"), {"OTP_CONFORMANCE_LANG": "en"}, "ja"),
    ],
)
def test_reports_speak_the_language_that_was_asked_for(
    suite, cli, monkeypatch, arguments, environment, language
):
    suite.feature(PASSES)
    cli("run")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert cli("report", "latest", *arguments)[0] == 0
    for page in ("index.html", "requirements.html"):
        text = (suite.root / "reports" / "latest" / page).read_text(encoding="utf-8")
        assert f'<html lang="{language}">' in text
        assert ("Overall verdict" in text) == (language == "en")


def test_run_and_report_print_the_same_summary(suite, cli):
    suite.feature(
        PASSES, FAILS, scenario("もし 検査対象が落ちる", name="落ちる"), path="04_login/a.feature"
    )
    for language in ("ja", "en"):
        _, ended, _ = cli("run", "--lang", language)
        code, told, _ = cli("report", "latest", "--lang", language)
        assert code == 0
        summary = told.split("\n\nreports/")[0]
        assert summary in ended
        assert {"ja": "判定: 不合格（", "en": "Verdict: fail ("}[language] in summary
        assert "満たさない" in summary


def test_report_of_a_torn_journal_is_one_line(suite, cli):
    folder = suite.root / "run"
    folder.mkdir()
    (folder / "journal.ndjson").write_text("これは記録ではない\n", encoding="utf-8")
    code, _, err = cli("report", "run")
    assert code == 2
    assert len(err.splitlines()) == 1


def test_declaration_check_and_schema(suite, cli):
    path = str(suite.loaded().path)
    code, out, _ = cli("declaration", "check", path)
    assert code == 0
    assert "誤りはありません" in out
    code, out, _ = cli("declaration", "check", path, "--show")
    assert "lockout.threshold" in out
    assert "（既定）" in out
    for arguments in (("declaration", "--schema"), ("declaration", "check", "--schema")):
        code, out, _ = cli(*arguments)
        assert code == 0
        assert '"$schema"' in out


def test_help_is_japanese_first(cli):
    code, out, _ = cli("--help")
    assert code == 0
    assert out.startswith("使い方: otp-conformance")
    assert "Show" not in out
    _, out, _ = cli("run", "--help")
    assert "終了コード: 0 合格" in out
    _, out, _ = cli("--lang", "en", "run", "--help")
    assert out.startswith("Usage: otp-conformance run")


def test_no_command_is_bad_usage_with_help(cli):
    code, out, _ = cli()
    assert code == 2
    assert "使い方" in out


def test_version(cli):
    code, out, _ = cli("--version")
    assert (code, out.split()[0]) == (0, "otp-conformance")


def test_unexpected_error_is_one_line_unless_asked(suite, cli, monkeypatch):
    from otp_conformance.cli import bundle

    def broken(manual=None):
        raise RuntimeError("思いがけない誤り")

    monkeypatch.setattr(bundle, "catalogue", broken)
    suite.feature(PASSES)
    code, _, err = cli("list")
    assert code == 4
    assert len(err.splitlines()) == 1
    assert "試験装置異常: RuntimeError: 思いがけない誤り" in err
    code, _, err = cli("list", "--debug")
    assert code == 4
    assert "Traceback" in err


def test_secrets_stay_off_the_screen(suite, cli):
    suite.feature(scenario("ならば 秘密を観測する"))
    code, out, err = cli("run")
    assert code == 1
    assert "見えた ＊＊＊" in out
    assert "himitsu-no-mojiretsu" not in out + err


def test_the_journal_keeps_how_to_run_it_again_but_no_folder(suite, cli):
    suite.feature(FAILS)
    _, out, _ = cli("run", "--agent", "http", "--reports", "elsewhere/here")
    told = dict(re.findall(r"^ {8}(\S+) +: (.+)$", out, re.MULTILINE))
    assert told["再実施"] == (
        "otp-conformance run --id LGN-02/1 --reports elsewhere/here --agent http"
    )
    header = read(Path("elsewhere/here/latest") / JOURNAL_FILE).header
    assert header.again == ["--agent", "http"]
    files = {"--declaration": "/home/somebody/bank.toml", "--manual": None}
    assert run_module._words(run_module._named(files)) == ["--declaration", "bank.toml"]
