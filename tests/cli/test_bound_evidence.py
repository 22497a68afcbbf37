"""Evidence is bound: what was exchanged is named, and nothing is concluded from it."""

import json
import shutil
from pathlib import Path

import pytest

from otp_conformance.journal.journal import JOURNAL_FILE, AlteredError, read
from otp_conformance.verdict.exit_codes import ExitCode

SAMPLES = Path(__file__).parents[2] / "fixtures" / "journals"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SAMPLES / "mixed", tmp_path / "mixed"))


def picture(folder: Path) -> Path:
    return sorted((folder / "evidence").iterdir())[0]


def missing(folder: Path) -> None:
    picture(folder).unlink()


def replaced(folder: Path) -> None:
    picture(folder).write_bytes(b"\x89PNG of another screen")


def cut(folder: Path) -> None:
    file = picture(folder)
    file.write_bytes(file.read_bytes()[:-1])


def linked(folder: Path) -> None:
    """A link to the very same bytes: they can be exchanged at any time."""
    file = picture(folder)
    file.rename(folder / "elsewhere.png")
    file.symlink_to(folder / "elsewhere.png")


def folder_linked(folder: Path) -> None:
    inside = picture(folder).parent
    inside.rename(folder / "elsewhere")
    inside.symlink_to(folder / "elsewhere", target_is_directory=True)


def a_folder(folder: Path) -> None:
    file = picture(folder)
    file.unlink()
    file.mkdir()


DAMAGES = [missing, replaced, cut, linked, folder_linked, a_folder]


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("command", ["report", "coverage", "run --resume"])
def test_a_picture_that_is_not_the_one_taken_is_named(cli, folder, damage, command):
    name = picture(folder).relative_to(folder).as_posix()
    damage(folder)
    code, _, err = cli(*command.split(), str(folder))
    assert code == ExitCode.EVIDENCE == 5
    assert name in err
    assert "Traceback" not in err


def test_the_report_shows_none_of_them(cli, folder):
    name = picture(folder).relative_to(folder).as_posix()
    replaced(folder)
    cli("report", str(folder))
    page = (folder / "requirements.html").read_text(encoding="utf-8")
    assert f'src="{name}"' not in page
    assert f"証拠 {name}: 記録のときから変わっています" in page
    assert "証拠の画像 1 件" in (folder / "index.html").read_text(encoding="utf-8")
    assert "記録のときから変わっています" in (folder / "messages.ndjson").read_text(
        encoding="utf-8"
    )


@pytest.mark.parametrize("command", ["report", "coverage"])
def test_pictures_as_they_were_are_believed(cli, folder, command):
    code, _, _ = cli(command, str(folder))
    assert code != ExitCode.EVIDENCE


def test_a_picture_named_outside_of_the_folder_is_not_read(cli, folder, tmp_path):
    shutil.copy(picture(folder), tmp_path / "secret.png")
    name = picture(folder).relative_to(folder).as_posix()
    lines = (folder / JOURNAL_FILE).read_text(encoding="utf-8").splitlines(keepends=True)[:-1]
    (folder / JOURNAL_FILE).write_text(
        "".join(lines).replace(name, "../secret.png"), encoding="utf-8"
    )
    code, _, err = cli("report", str(folder))
    assert code == ExitCode.EVIDENCE
    assert "フォルダーの外" in err


# -- verdicts ----------------------------------------------------------------------


def altered(folder: Path, change, *, footer: bool) -> None:
    """Change the journal's lines; with its footer made right again, or without one."""
    import hashlib

    path = folder / JOURNAL_FILE
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    last = rows.pop()
    rows = change(rows)
    body = "".join(
        json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows
    )
    if footer:
        last["journal_sha256"] = hashlib.sha256(body.encode()).hexdigest()
        body += json.dumps(last, ensure_ascii=False) + "\n"
    path.write_text(body, encoding="utf-8")


def of(rows, kind, scenario_id="LGN-08/1"):
    return [r for r in rows if r["event"] == kind and r.get("scenario_id") == scenario_id]


def called_a_pass(rows):
    of(rows, "scenario_finished")[0] |= {"verdict": "pass", "cause": None}
    return rows


def called_inconclusive(rows):
    of(rows, "scenario_finished")[0] |= {"verdict": "inconclusive", "cause": "environment"}
    return rows


def failing_check_gone(rows):
    gone = of(rows, "check") + of(rows, "step_finished")[-1:]
    return called_a_pass([r for r in rows if r not in gone])


def check_called_a_pass(rows):
    for row in of(rows, "check"):
        row |= {"verdict": "pass", "cause": None}
    for row in of(rows, "step_finished"):
        row |= {"status": "passed"}
    return called_a_pass(rows)  # the refusal has no control


def control_gone(rows):
    gone = [r for r in of(rows, "check", "ACT-21/1.1") if r["role"] == "control"]
    assert gone
    return [r for r in rows if r not in gone]


def evidence_gone(rows):
    gone = of(rows, "evidence")
    return [r for r in rows if r not in gone]


def accused_without_a_check(rows):
    of(rows, "scenario_finished", "LGN-04/1")[0] |= {"verdict": "fail", "cause": "product"}
    return rows


@pytest.mark.parametrize("footer", [True, False])
@pytest.mark.parametrize(
    "change",
    [
        called_a_pass,
        called_inconclusive,
        failing_check_gone,
        check_called_a_pass,
        control_gone,
        evidence_gone,
        accused_without_a_check,
    ],
)
@pytest.mark.parametrize("command", ["report", "coverage", "run --resume"])
def test_a_verdict_that_does_not_follow_is_refused(cli, folder, change, footer, command):
    altered(folder, change, footer=footer)
    code, _, err = cli(*command.split(), str(folder))
    assert code == ExitCode.EVIDENCE
    assert JOURNAL_FILE in err


def test_the_end_of_a_run_follows_from_its_scenarios(folder):
    import hashlib

    path = folder / JOURNAL_FILE
    *lines, last = path.read_text(encoding="utf-8").splitlines(keepends=True)
    footer = json.loads(last)
    assert footer["journal_sha256"] == hashlib.sha256("".join(lines).encode()).hexdigest()
    for change in ({"verdict": "pass"}, {"exit_code": 0}, {"exit_code": 3}):
        path.write_text("".join(lines) + json.dumps(footer | change) + "\n", encoding="utf-8")
        with pytest.raises(AlteredError, match="シナリオの判定と合いません"):
            read(path)


# -- what is gone ---------------------------------------------------------------------


def cut_after(folder: Path, kind: str, number: int = 1) -> None:
    path = folder / JOURNAL_FILE
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    places = [i for i, line in enumerate(lines) if json.loads(line)["event"] == kind]
    path.write_text("".join(lines[: places[number - 1] + 1]), encoding="utf-8")


@pytest.mark.parametrize("place", [("run_started", 1), ("source", 1), ("scenario_planned", 2)])
def test_a_journal_cut_to_its_beginning_has_verified_nothing(cli, folder, place):
    cut_after(folder, *place)
    code, out, _ = cli("report", str(folder))
    assert code == ExitCode.INCONCLUSIVE
    assert "合格（" not in out
    assert "判定: 未実施" in out
    assert "記録にあるのは" in out
    assert "記録にあるのは" in (folder / "index.html").read_text(encoding="utf-8")
    code, out, _ = cli("coverage", "--format", "json", str(folder))
    assert code == 1
    assert json.loads(out)["partial"]
    code, _, err = cli("run", "--resume", str(folder))
    assert code == ExitCode.USAGE
    assert "新しく実行してください" in err


def test_a_run_without_its_failing_scenario_is_no_pass(cli, folder):
    def without(rows):
        keep = {"LGN-04/1"}
        return [r for r in rows if r.get("scenario_id", "LGN-04/1") in keep]

    altered(folder, without, footer=False)
    code, out, _ = cli("report", str(folder))
    assert code == ExitCode.INCONCLUSIVE
    assert "判定: 合格" not in out
