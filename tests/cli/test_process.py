"""The command line as a process: signals, a sudden end, odd terminals, the real bank."""

import errno
import json
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tiny_suite import FAILS, PASSES, scenario

from otp_conformance.cli import main
from otp_conformance.deployment.process import port_in_use, require_free_port
from otp_conformance.errors import UsageError
from otp_conformance.journal.journal import read
from otp_conformance.verdict.verdict import Verdict

TINY = Path(__file__).with_name("tiny_cli.py")
ROOT = Path(__file__).parents[2]
WAITING = scenario("もし 止まるまで待つ", "ならば 満たされる", name="待つ")


@pytest.fixture
def tiny(suite):
    running = []

    def start(*arguments: str, **environment: str) -> subprocess.Popen:
        process = subprocess.Popen(
            [sys.executable, str(TINY), str(suite.root), *arguments],
            cwd=suite.root,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **environment},
        )
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.communicate()


def wait_for(process: subprocess.Popen, text: str) -> None:
    """Read the process's lines until one holds the text."""
    for line in process.stdout:
        if text in line.decode("utf-8"):
            return
    raise AssertionError(process.stderr.read().decode("utf-8"))


def journal_of(suite):
    return read(suite.root / "reports" / "latest" / "journal.ndjson")


def gone(address: str) -> bool:
    """Wait until nobody holds the address: its connection is then refused or reset."""
    parts = urlsplit(address)
    try:
        with socket.create_connection((parts.hostname, parts.port), 30) as connection:
            connection.settimeout(60)
            # An idle connection ends when the process does.
            return connection.recv(1) == b""
    except TimeoutError:
        return False
    except OSError:
        return True


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupt(suite, tiny, number):
    suite.feature(PASSES, WAITING, FAILS)
    process = tiny("run")
    wait_for(process, "[1/3]")
    process.send_signal(number)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "判定: 中断（終了コード 130" in out.decode("utf-8")
    assert "Traceback" not in err.decode("utf-8")
    journal = journal_of(suite)
    assert journal.footer.exit_code == 130
    assert f"run --resume {journal.header.run_id}" in out.decode("utf-8")
    assert [journal.outcome(i).verdict for i in journal.planned] == [
        Verdict.PASS,
        Verdict.NOT_RUN,
        Verdict.NOT_RUN,
    ]
    assert (suite.root / "reports" / "latest" / "index.html").is_file()
    assert gone(journal.header.base_url)


def test_sudden_end_leaves_a_readable_journal_and_no_system(suite, tiny):
    suite.feature(PASSES, WAITING)
    process = tiny("run")
    wait_for(process, "[1/2]")
    process.kill()
    process.communicate(timeout=120)
    journal = journal_of(suite)
    assert journal.cut_off
    assert [journal.outcome(i).verdict for i in journal.planned] == [
        Verdict.PASS,
        Verdict.NOT_RUN,
    ]
    if sys.platform.startswith("linux"):
        assert gone(journal.header.base_url)


def test_terminal_that_cannot_show_japanese(suite, tiny):
    suite.feature(FAILS)
    process = tiny("run", PYTHONIOENCODING="latin-1", PYTHONUTF8="0")
    out, err = process.communicate(timeout=120)
    assert process.returncode == 1, err
    assert b"LGN-02" in out
    assert b"Traceback" not in err


@pytest.mark.parametrize("command", ["list", "run"])
def test_reader_that_goes_away(suite, tiny, command):
    suite.feature(PASSES)
    process = tiny(command)
    process.stdout.close()
    process.stdout = None
    _, err = process.communicate(timeout=120)
    assert (process.returncode, err) == (0, b"")
    if command == "run":
        assert (suite.root / "reports" / "latest" / "index.html").is_file()


def in_shell(suite, words: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        ["sh", "-c", f'"$0" "$1" "$2" {words}', sys.executable, str(TINY), str(suite.root)],
        cwd=suite.root,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "LANG": "ja_JP.UTF-8"},
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("words", ["list >&-", "run >&-", "run >&- 2>&- <&-"])
def test_closed_streams_are_no_trouble(suite, words):
    suite.feature(PASSES)
    done = in_shell(suite, words)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_full_disk_behind_the_screen_is_one_line(suite):
    suite.feature(PASSES)
    done = in_shell(suite, "run >/dev/full")
    assert done.returncode == 0
    (line,) = done.stderr.decode("utf-8").splitlines()
    assert "標準出力に書き込めません" in line
    assert (suite.root / "reports" / "latest" / "index.html").is_file()


def test_interrupt_while_loading_is_one_line():
    # As if somebody pressed Ctrl-C in the middle of an import.
    script = (
        "import builtins, os, signal, sys\n"
        "load = builtins.__import__\n"
        "def slow(name, *more):\n"
        "    if name == 'click':\n"
        "        os.kill(os.getpid(), signal.SIGINT)\n"
        "    return load(name, *more)\n"
        "from otp_conformance.cli.main import main\n"
        "builtins.__import__ = slow\n"
        "sys.exit(main(['list']))\n"
    )
    environment = {k: v for k, v in os.environ.items() if not k.startswith("LC_")}
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        env={**environment, "PYTHONPATH": str(ROOT), "LANG": "ja_JP.UTF-8"},
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stdout) == (130, b"")
    assert done.stderr.decode("utf-8") == "otp-conformance: 中断しました。\n"


def test_module_can_be_started_from_anywhere(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "otp_conformance", "list", "--requirement", "LGN-04"],
        cwd=tmp_path,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "features/04_login/login.feature:" in done.stdout.decode("utf-8")


def test_serve_tells_what_to_open_and_ends_cleanly(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-m", "otp_conformance", "serve", "--port", "0"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "LANG": "ja_JP.UTF-8"},
    )
    try:
        lines = []
        for raw in process.stdout:
            lines.append(raw.decode("utf-8"))
            if "Ctrl-C" in lines[-1]:
                break
        shown = "".join(lines)
        address = re.search(r"http://127\.0\.0\.1:\d+", shown)
        assert address, process.stderr.read()
        for wanted in ("/staff/login", "/demo/tokens", "ログインパスワード", "職員ID"):
            assert wanted in shown
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=120)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 0
    assert "終了しました" in out.decode("utf-8")
    assert err == b""
    assert gone(address.group())
    assert list(tmp_path.iterdir()) == []


def test_serve_on_a_port_in_use(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "-m", "otp_conformance", "serve", "--port", port],
            cwd=tmp_path,
            capture_output=True,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
            timeout=120,
            check=False,
        )
    assert done.returncode == 2
    assert f"ポート {port} は使用中です" in done.stderr.decode("utf-8")
    assert len(done.stderr.splitlines()) == 1


def test_serve_where_nothing_can_listen_names_the_address():
    with pytest.raises(UsageError) as caught:
        require_free_port(8080, "192.0.2.1")  # RFC 5737: an address of nobody
    assert "192.0.2.1 では待ち受けられません" in caught.value.text.ja
    assert "--host" in caught.value.text.en
    assert "使用中" not in caught.value.text.ja


def test_serve_asks_for_no_other_port_where_none_was_given(monkeypatch, capsys):
    def taken(port, host):
        raise port_in_use(port) from OSError(errno.EADDRINUSE, "")

    monkeypatch.setattr("otp_conformance.cli.serve.require_free_port", taken)
    told = {}
    for given in ([], ["--port", "8080"]):
        assert main.main(["serve", *given]) == 2
        told[bool(given)] = capsys.readouterr().err
    assert "既定のポート 8080 は使用中です。`otp-conformance serve --port 0`" in told[False]
    assert "別の番号を --port で" in told[True]


def test_journal_lines_are_json(suite, tiny):
    suite.feature(PASSES)
    tiny("run").communicate(timeout=120)
    path = suite.root / "reports" / "latest" / "journal.ndjson"
    for line in path.read_text(encoding="utf-8").splitlines():
        json.loads(line)
