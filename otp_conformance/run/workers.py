"""How many may work at the same time, and why sometimes only one."""

from __future__ import annotations

from otp_conformance.declaration.model import Declaration
from otp_conformance.errors import UsageError
from otp_conformance.run.request import Parts, Request

USUAL_WORKERS = 8
"""For a deployment in real time: most of the time they wait."""


def starts_its_own(declaration: Declaration) -> bool:
    """Tell whether every worker can have a system of its own, started by it."""
    return declaration.sut.start is not None and declaration.sut.base_url == "auto"


def needs_a_person(declaration: Declaration) -> bool:
    """Tell whether somebody is asked at the terminal, who can answer one worker only."""
    adapters = declaration.adapters
    staff = adapters.staff
    return adapters.tokens.kind == "person" or (staff is not None and staff.kind == "person")


def usual_workers(declaration: Declaration) -> int:
    """Return how many workers a run has when nobody says; never more than scenarios."""
    waits = declaration.adapters.clock.kind == "real" and not starts_its_own(declaration)
    return USUAL_WORKERS if waits and not needs_a_person(declaration) else 1


def check_workers(request: Request, parts: Parts) -> None:
    """Raise `UsageError` where several workers would disturb each other."""
    if request.workers <= 1:
        return
    declaration = request.loaded.declaration
    if needs_a_person(declaration):
        raise UsageError(
            "人がトークンの表示を読む、または職員の操作をする宣言では、--workers は 1 に"
            "してください。",
            "--workers must be 1 where a person reads codes or does the staff's work.",
        )
    if not parts.for_worker:
        raise UsageError(
            "この実行は --workers に対応していません。", "This run does not know --workers."
        )
    if starts_its_own(declaration):
        if request.port or request.headed:
            raise UsageError(
                "--workers が 2 以上のとき、--port と --headed は使えません"
                "（ワーカーごとに空きポートで起動します）。",
                "--port and --headed need --workers 1: each worker starts its own system.",
            )
        return
    if declaration.adapters.clock.kind != "real":
        raise UsageError(
            "時刻を進める検査対象では --workers は 1 だけです: 一人が進めた時刻は、"
            "ほかの全員の時刻でもあります。",
            "--workers must be 1 where the system's clock is moved: "
            "whoever moves it moves it for all.",
        )
