"""Sample runs, told through the real journal and case: the same bytes every time.

`python tests/report/sample_runs.py` writes them to fixtures/journals.
"""

from __future__ import annotations

import struct
import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from otp_conformance.journal.case import Case
from otp_conformance.journal.events import PlannedStep, RunStarted, ScenarioPlanned, Source
from otp_conformance.journal.evidence import EvidenceStore, Look
from otp_conformance.journal.journal import JOURNAL_FILE, JournalWriter
from otp_conformance.journal.masking import Masker
from otp_conformance.verdict.outcome import EnvironmentTrouble, NotApplicable, Outcome
from otp_conformance.verdict.verdict import Verdict

URI = "features/04_login/sample.feature"
CODE = "482913"
PASSWORD = "correct horse battery"
SHOT_AT = datetime(2012, 2, 22, 10, 0, tzinfo=UTC)

FEATURE = """# language: ja
@LGN-04
機能: ワンタイムパスワードでのログイン

  </script> と & と "引用" を含む説明文。

  背景:
    前提 サービス利用中のお客さまがいる

  @id:LGN-04/1
  シナリオ: 正しいワンタイムパスワードでログインする
    もし 表示中のワンタイムパスワードでログインする
    ならば トップ画面が表示される

  @LGN-06
  ルール: 誤ったワンタイムパスワードではログインできない

    背景:
      前提 お客さまは手元にトークンを持っている

    @id:ACT-21/1 @ACT-21
    シナリオアウトライン: 桁数や文字種が合わない値は受け付けられない
      もし ワンタイムパスワードに「<値>」を入力してログインする
      ならば ログインできない

      例:
        | 番号 | 値     |
        | 1    | 全角   |
        | 2    | 5桁    |

  @LGN-08 @TOK-03
  ルール: 一度使った値は二度と通用しない

    @id:LGN-08/1
    シナリオ: 使用済みの値ではログインできない
      もし 使用済みのワンタイムパスワードでもう一度ログインする
      ならば ログインできない

    @id:LGN-08/2
    シナリオ: 対照が成功しないと拒否は数えない
      もし 使用済みのワンタイムパスワードでもう一度ログインする
      ならば ログインできない

    @id:LGN-16/1 @LGN-16
    シナリオ: ソフトウェアトークンの値も一度きりである
      もし ソフトウェアトークンの使用済みの値でログインする
      ならば ログインできない

  @LGN-11
  ルール: 期限の過ぎた値は通用しない

    @id:LGN-11/1
    シナリオ: 古い値ではログインできない
      もし 10分前のワンタイムパスワードでログインする
      ならば ログインできない
"""


class Ticker:
    """A clock that goes on a quarter of a second whenever it is read."""

    def __init__(self) -> None:
        self._moment = datetime(2026, 4, 1, 0, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self._moment += timedelta(milliseconds=250)
        return self._moment

    def seconds(self) -> float:
        return self().timestamp()


def png(width: int = 320, height: int = 200) -> bytes:
    """A picture that looks a little like a page: bands of grey on white."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    def line(y: int) -> bytes:
        if y < height // 8:
            return b"\x4a" * width
        band = (y // 16) % 2 == 1
        inner = (b"\xd8" if band else b"\xff") * (width * 3 // 4)
        return b"\xff" * (width // 8) + inner + b"\xff" * (width - width // 8 - len(inner))

    rows = b"".join(b"\0" + line(y) for y in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    data = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + data


@dataclass(frozen=True)
class Planned:
    scenario_id: str
    line: int
    name: str
    rule: str
    tags: tuple[str, ...]
    steps: tuple[PlannedStep, ...]


def _line(text: str, nth: int = 1) -> int:
    lines = [n for n, row in enumerate(FEATURE.splitlines(), start=1) if text in row]
    return lines[nth - 1]


def _planned() -> tuple[Planned, ...]:
    given = ("前提", "サービス利用中のお客さまがいる")
    has = ("前提", "お客さまは手元にトークンを持っている")
    then = "ログインできない"
    used = "使用済みのワンタイムパスワードでもう一度ログインする"
    rules = [
        "誤ったワンタイムパスワードではログインできない",
        "一度使った値は二度と通用しない",
        "期限の過ぎた値は通用しない",
    ]

    def plan(
        line: int, name: str, rule: str, tags: str, *steps: tuple[str, str], row: str = ""
    ) -> Planned:
        done = tuple(
            PlannedStep(keyword=k, text=t, line=_line("前提 " + t) if k == "前提" else line + i)
            for i, (k, t) in enumerate(steps)
        )
        every = tuple(tags.split())
        (own,) = (tag.removeprefix("@id:") for tag in every if tag.startswith("@id:"))
        return Planned(own + row, line, name, rule, every, done)

    outline = "桁数や文字種が合わない値は受け付けられない"
    rows = [
        plan(
            _line(f"| {value}"),
            f"{outline}（{value}）",
            rules[0],
            "@LGN-04 @LGN-06 @id:ACT-21/1 @ACT-21",
            given,
            has,
            ("もし", f"ワンタイムパスワードに「{value}」を入力してログインする"),
            ("ならば", then),
            row=f".{number}",
        )
        for number, value in enumerate(("全角", "5桁"), start=1)
    ]
    return (
        plan(
            _line("シナリオ: 正しい"),
            "正しいワンタイムパスワードでログインする",
            "",
            "@LGN-04 @id:LGN-04/1",
            given,
            ("もし", "表示中のワンタイムパスワードでログインする"),
            ("ならば", "トップ画面が表示される"),
        ),
        *rows,
        plan(
            _line("シナリオ: 使用済み"),
            "使用済みの値ではログインできない",
            rules[1],
            "@LGN-04 @LGN-08 @TOK-03 @id:LGN-08/1",
            given,
            ("もし", used),
            ("ならば", then),
        ),
        plan(
            _line("シナリオ: 対照が"),
            "対照が成功しないと拒否は数えない",
            rules[1],
            "@LGN-04 @LGN-08 @TOK-03 @id:LGN-08/2",
            given,
            ("もし", used),
            ("ならば", then),
        ),
        plan(
            _line("シナリオ: ソフト"),
            "ソフトウェアトークンの値も一度きりである",
            rules[1],
            "@LGN-04 @LGN-08 @TOK-03 @id:LGN-16/1 @LGN-16",
            given,
            ("もし", "ソフトウェアトークンの使用済みの値でログインする"),
            ("ならば", then),
        ),
        plan(
            _line("シナリオ: 古い"),
            "古い値ではログインできない",
            rules[2],
            "@LGN-04 @LGN-11 @id:LGN-11/1",
            given,
            ("もし", "10分前のワンタイムパスワードでログインする"),
            ("ならば", then),
        ),
    )


def _requirements(planned: Planned) -> list[str]:
    return [tag[1:] for tag in planned.tags if not tag.startswith("@id:")]


Act = Callable[[Case], None]


def _pass(case: Case) -> None:
    case.confirm("トップ画面", True, expected="トップ画面が出る", observed="「トップ画面」が出た")


def _refused(case: Case) -> None:
    case.refused("ログイン", True, expected="ログインできない", observed="ログイン画面のまま")
    case.control("対照", True, expected="正しい値ならログインできる", observed="トップ画面が出た")


def _replayed(case: Case) -> None:
    case.reconnected(number=1, paused_s=0.5, why="サーバーエラー（HTTP 503）が返りました")
    for choice in (44330400, 44330399):
        case.code_sent(
            chosen_step=choice,
            time_step=44330400,
            answered_step=44330400,
            since_start_s=1.5,
            until_end_s=28.5,
            edge=choice != 44330400,
        )
    case.refused(
        "使用済みの値の拒否",
        False,
        expected="使用済みの値ではログインできない",
        observed=f"値 {CODE} をもう一度入力すると「トップ画面」が出た <script>alert(1)</script>",
        requirements=["LGN-08", "TOK-03"],
    )


def _accepted(case: Case) -> None:
    case.refused("ログイン", False, expected="ログインできない", observed="「トップ画面」が出た")


def _uncontrolled(case: Case) -> None:
    case.refused("ログイン", True, expected="ログインできない", observed="ログイン画面のまま")
    case.control("対照", False, expected="新しい値ならログインできる", observed="拒否された")


def _absent(case: Case) -> None:
    raise NotApplicable(
        expected="ソフトウェアトークンを提供していること",
        observed="宣言ではソフトウェアトークンを提供していない",
    )


def _down(case: Case) -> None:
    raise EnvironmentTrouble(
        expected="画面が応答すること",
        observed=f"応答がありません（パスワード {PASSWORD}）",
        hint="対象のサーバーが動いているか確かめてください",
    )


def _broken(case: Case) -> None:
    raise ZeroDivisionError("division by zero")


RUNS: dict[str, tuple[Act, ...]] = {
    "passed": (_pass, _refused, _refused, _refused, _refused, _refused, _refused),
    "mixed": (_pass, _refused, _broken, _replayed, _uncontrolled, _absent, _down),
    "cut-off": (_pass, _refused, _accepted),
}


def write(run_dir: Path, kind: str) -> Path:
    """Tell one of the sample runs into a folder; return its journal."""
    clock = Ticker()
    masker = Masker()
    masker.add(CODE, PASSWORD)
    path = run_dir / JOURNAL_FILE
    journal = JournalWriter(path, masker, now=clock)
    evidence = EvidenceStore(run_dir, journal)
    plan = _planned()
    journal.write(
        RunStarted(
            at=journal.stamp(),
            run_id=f"sample-{kind}",
            suite_version="0.1.0",
            requirement_set="2019-10-21",
            sut_name="見本の銀行",
            sut_version="1.2",
            base_url="http://127.0.0.1:8000",
            declaration_file="reference.toml",
            declaration_sha256="ab" * 32,
            selection="すべて",
            planned=len(plan),
            environment={"python": "3.11", "os": "Linux"},
        )
    )
    journal.write(Source(at=journal.stamp(), uri=URI, text=FEATURE))
    for p in plan:
        journal.write(
            ScenarioPlanned(
                at=journal.stamp(),
                scenario_id=p.scenario_id,
                uri=URI,
                line=p.line,
                name=p.name,
                feature="ワンタイムパスワードでのログイン",
                rule=p.rule,
                chapter="ログイン",
                tags=list(p.tags),
                requirements=_requirements(p),
                steps=list(p.steps),
            )
        )
    worst = Verdict.PASS
    for p, act in zip(plan, RUNS[kind], strict=False):
        verdict = _run(
            journal, evidence, p, act, clock, stop=kind == "cut-off" and act is _accepted
        )
        worst = max(worst, verdict, key=lambda v: v.severity)
    if kind == "cut-off":
        journal.close()
        with path.open("ab") as stream:
            stream.write(b'{"at":"2026-04-01T00:00:59+00:00","event":"step_fini')
    else:
        journal.finish(worst, 0 if worst is Verdict.PASS else 1, 30.0)
    return path


def _run(
    journal: JournalWriter,
    evidence: EvidenceStore,
    planned: Planned,
    act: Act,
    clock: Ticker,
    *,
    stop: bool,
) -> Verdict:
    case = Case(
        planned.scenario_id,
        requirements=_requirements(planned),
        journal=journal,
        evidence=evidence,
        sut_time=lambda: SHOT_AT,
        look=lambda: Look("http://127.0.0.1:8000/login", 200, png()),
        timer=clock.seconds,
    )
    case.start()
    error: BaseException | None = None
    for index, step in enumerate(planned.steps):
        case.enter_step(index, f"{step.keyword} {step.text}", setup=step.keyword == "前提")
        if step is planned.steps[-1]:
            try:
                act(case)
            except Exception as caught:
                error = caught
        if stop and error is not None:
            return Verdict.FAIL
        status = "failed" if error else "passed"
        message = str(error) if error and not isinstance(error, Outcome) else ""
        case.leave_step(
            keyword=step.keyword,
            text=step.text,
            line=step.line,
            status=status,
            duration_s=0.25,
            message=message,
        )
    return case.finish(error, during_setup=False).verdict


if __name__ == "__main__":
    for name in RUNS:
        write(Path(sys.argv[1] if len(sys.argv) > 1 else "fixtures/journals") / name, name)
