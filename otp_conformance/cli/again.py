"""Options of ``run`` that refer to an earlier run, and those of trouble and of workers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from otp_conformance.cli.bilingual import option
from otp_conformance.cli.progress import echo, verdict_word
from otp_conformance.errors import UsageError
from otp_conformance.journal.journal import Journal
from otp_conformance.language import say
from otp_conformance.run.folder import find_run
from otp_conformance.run.pool import usual_workers
from otp_conformance.run.request import EarlierRun, Request

F = TypeVar("F", bound=Callable[..., Any])

_PATIENCE_SECONDS = 60.0
_MOST_LISTED = 20


def again_options(function: F) -> F:
    """Add --resume, --rerun, --failed, --retries and --workers."""
    for decorate in (
        option(
            "--workers",
            type=click.IntRange(1, 32),
            default=None,
            metavar="N",
            ja="同時に進めるシナリオの数（既定は実時間の検査対象で 8、ほかは 1）。",
            en="Scenarios at the same time (default: 8 in real time, else 1).",
        ),
        option(
            "--retries",
            type=click.IntRange(0, 5),
            default=None,
            metavar="N",
            ja="試験環境の支障で判定不能になったシナリオを実施し直す回数"
            "（既定は 1、検査対象をこちらで起動するときは 0）。",
            en="Further attempts at what trouble of the environment spoilt "
            "(default: 1, but 0 for a system that the run starts).",
        ),
        option(
            "--failed",
            is_flag=True,
            ja="--rerun とともに: 合格しなかったシナリオだけ（不合格・判定不能・未実施）。",
            en="With --rerun: only what did not pass.",
        ),
        option(
            "--rerun",
            default=None,
            metavar="RUN",
            ja="前の実行（実行フォルダーか latest）と同じシナリオを、新しく実施します。",
            en="A new run of an earlier run's scenarios (its folder, or latest).",
        ),
        option(
            "--resume",
            default=None,
            metavar="RUN",
            ja="途中で切れた実行（実行フォルダーか latest）の残りを、同じフォルダーで続けます。",
            en="Go on with a run that was cut off (its folder, or latest).",
        ),
    ):
        function = decorate(function)
    return function


@dataclass(frozen=True)
class Again:
    """The earlier run that was named, if any: to go on with, or to repeat."""

    resume: EarlierRun | None = None
    rerun: EarlierRun | None = None
    failed: bool = False

    @classmethod
    def named(cls, resume: str | None, rerun: str | None, reports: str, *, failed: bool) -> Again:
        """Find it. Raises `UsageError` for options that contradict each other, or no such run."""
        if resume is not None and rerun is not None:
            raise UsageError(
                "--resume と --rerun は同時に使えません。続けるなら --resume、"
                "新しく実施するなら --rerun です。",
                "--resume and --rerun exclude each other: go on, or start anew.",
            )
        if failed and rerun is None:
            raise UsageError(
                "--failed は --rerun とともに使います（例: --rerun latest --failed）。",
                "--failed goes with --rerun, e.g. --rerun latest --failed.",
            )
        return cls(
            None if resume is None else find_run(resume, Path(reports)),
            None if rerun is None else find_run(rerun, Path(reports)),
            failed,
        )

    def as_then(self, name: str, value: Any) -> Any:  # noqa: ANN401 - any option's value
        """Return an option's value: of a run to go on with its own, unless one was given now."""
        source = click.get_current_context().get_parameter_source(name)
        if self.resume is None or source is not ParameterSource.DEFAULT:
            return value
        header = self.resume.journal.header
        then = {
            "agent": header.environment.get("agent", value),
            "repeat": header.repeat,
            "shuffle": header.seed,
        }
        return then[name]

    def applied(self, request: Request, retries: int | None, workers: int | None) -> Request:
        """Return the request with all of it.

        Raises `UsageError` for a selection besides --rerun.
        """
        if self.rerun is not None and request.selection.given:
            raise UsageError(
                "--rerun はシナリオの条件とは同時に使えません（実施するシナリオは前の実行が"
                "決めます）。",
                "--rerun takes no selection: the earlier run is the selection.",
            )
        declaration = request.loaded.declaration
        ours = declaration.sut.start is not None
        return replace(
            request,
            resume=self.resume,
            rerun=self.rerun,
            failed=self.failed,
            retries=(0 if ours else 1) if retries is None else retries,
            workers=usual_workers(declaration) if workers is None else workers,
            patience_seconds=0.0 if ours else _PATIENCE_SECONDS,
        )

    def print_changes(self, journal: Journal) -> None:
        """Print which verdicts differ from the run that was repeated."""
        if self.rerun is None:
            return
        before = self.rerun.journal
        names = {(p.uri, p.name): i for i, p in before.planned.items()}
        lines = []
        same = 0
        for scenario_id, planned in journal.planned.items():
            earlier = names.get((planned.uri, planned.name))
            if earlier is None:
                continue
            then, now = before.outcome(earlier).verdict, journal.outcome(scenario_id).verdict
            if then is now:
                same += 1
                continue
            change = f"{verdict_word(then)} → {verdict_word(now)}"
            lines.append(f"  {change}  {planned.name}  ({scenario_id})")
        run_id = self.rerun.run_id
        echo(
            say(
                f"前の実行 {run_id} からの変化: {len(lines)} 件（変わらないもの {same} 件）",
                f"Changed since run {run_id}: {len(lines)} ({same} as before)",
            ),
            bold=True,
        )
        for line in lines[:_MOST_LISTED]:
            echo(line)
        if len(lines) > _MOST_LISTED:
            rest = len(lines) - _MOST_LISTED
            echo(say(f"  ほか {rest} 件", f"  and {rest} more"))
        echo("")
