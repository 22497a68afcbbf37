"""The whole preflight, from the address to the staff desk."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from otp_conformance.journal.masking import Masker
from otp_conformance.language import say
from otp_conformance.leftovers import private_folder
from otp_conformance.preflight.finding import Finding, Findings
from otp_conformance.preflight.roll_call import RollCall
from otp_conformance.preflight.walk import Walk
from otp_conformance.preflight.written import tell_of
from otp_conformance.run.budget import pool_of
from otp_conformance.run.context import RunContext
from otp_conformance.run.interrupt import Interrupt
from otp_conformance.run.launch import Launch, check_start
from otp_conformance.run.request import Observer, Parts, Request
from otp_conformance.specification.words import AgentKind


def inspect(
    request: Request,
    parts: Parts,
    observer: Observer,
    tell: Callable[[Finding], None],
    pictures: Path | None,
    *,
    roll_call: bool = False,
) -> tuple[Finding, ...]:
    """Look at everything that can be looked at without changing anything.

    ``tell`` hears of each finding at once, with secrets masked; ``pictures``:
    folder for screenshots with the found controls marked, None for none;
    ``roll_call``: look at every free customer of the prepared list, too.
    Raises `UsageError` for a declaration that cannot be started.
    """
    check_start(request)
    masker = Masker()

    findings = Findings(tell, masker.mask)
    with ExitStack() as stack:
        logs = stack.enter_context(private_folder())
        launch = Launch(RunContext(request, parts, observer, Interrupt(), stack, logs, masker))
        system, connecting = say("検査対象", "system"), say("接続", "connection")
        with findings.about(system, connecting):
            sut = launch.start()
            sut.spending.begin("check", "")
            findings.ok(system, connecting, f"{launch.base_url}（{launch.browser_name}）")
            walk = Walk(sut, request.loaded.declaration, findings, _keeper(request, pictures))
            prepared = pool_of(request.loaded)
            tell_of(findings, request.loaded, prepared[0] if prepared is not None else None)
            walk.clock()
            walk.supplies()
            if prepared is not None:
                walk.expiry(prepared[0])
                walk.made(prepared[0])
            walk.people()
            walk.staff()
            walk.notices()
            walk.left_alone()
            if roll_call:
                RollCall(sut, request.loaded.declaration, findings).everybody()
            walk.windows()
    return tuple(findings.found)


def _keeper(request: Request, folder: Path | None) -> Callable[[str, bytes], str] | None:
    if folder is None or request.agent.kind is not AgentKind.BROWSER:
        return None

    def keep(name: str, picture: bytes) -> str:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{name}.webp"
        path.write_bytes(picture)
        return str(path)

    return keep
