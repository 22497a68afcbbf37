"""What commands take from the bundle: catalogue, built-in declaration, parts of a run."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from otp_conformance.agent.port import AgentOptions
from otp_conformance.calls.access import NO_ACCESS, Access
from otp_conformance.calls.person import NobodyThere
from otp_conformance.cli.bilingual import report_language
from otp_conformance.cli.startup import loading
from otp_conformance.clock.real import Announce, Waiting
from otp_conformance.declaration.load import LoadedDeclaration
from otp_conformance.declaration.load import load as load_file
from otp_conformance.declaration.model import Declaration
from otp_conformance.journal.events import OWN_SET
from otp_conformance.resources import bundle_root, fixtures_dir, steps_dir
from otp_conformance.run.request import Agents, Parts, Request, tell_nobody_of_all
from otp_conformance.specification.catalogue.model import Catalogue
from otp_conformance.specification.manual import Manual, at, beyond, bundled, sets
from otp_conformance.specification.requirements import load as load_catalogue
from otp_conformance.specification.selection import Selection
from otp_conformance.specification.words import AgentKind

if TYPE_CHECKING:  # their own imports take their time, and most commands do without
    from otp_conformance.cli.progress import Progress
    from otp_conformance.report.reference import Reference
    from otp_conformance.report.teeth import Teeth


def manual_in(folder: str | None, set_name: str = OWN_SET) -> Manual:
    """Return the manual in a folder, else the one that the suite carries.

    ``set_name``: the set beyond it that is judged instead. Raises `CatalogueError` for a
    folder that cannot be used.
    """
    return beyond(bundled() if folder is None else at(Path(folder)), set_name)


def sets_beyond(manual: Manual) -> tuple[Manual, ...]:
    """Return all sets of requirements beyond a manual."""
    return tuple(beyond(manual, name) for name in sets())


def all_requirements(manual: Manual) -> frozenset[str]:
    """Return the ids of a manual's requirements and of all sets beyond it."""
    every = (manual.judged, *sets_beyond(manual.judged))
    return frozenset(identifier for each in every for identifier in catalogue(each).requirements)


def catalogue(manual: Manual | None = None) -> Catalogue:
    """Return the requirements of a manual, else those that the suite carries."""
    return load_catalogue(manual or bundled())


def teeth() -> Teeth | None:
    """Return the planted faults that each requirement's checks are known to find."""
    from otp_conformance.report.teeth import load

    return load(fixtures_dir() / "faults" / "teeth.json")


def reference() -> Reference | None:
    """Return what the reference bank did in each scenario."""
    from otp_conformance.report.reference import load

    return load(fixtures_dir() / "reference" / "steps.json")


def builtin_declaration() -> Path:
    """Return the declaration of the reference bank."""
    return fixtures_dir() / "declarations" / "reference.toml"


def load_declaration(
    path: str | None, manual_folder: str | None = None, set_name: str = OWN_SET
) -> LoadedDeclaration:
    """Read the declaration that was named, else the built-in one.

    ``manual_folder``: the manual instead of the declared one; ``set_name``: the set beyond
    it that is judged. Raises `DeclarationError` with every problem of the file.
    """
    manual = None if manual_folder is None else manual_in(manual_folder)
    file = builtin_declaration() if path is None else Path(path)
    return load_file(file, manual, set_name)


def is_builtin(loaded: LoadedDeclaration) -> bool:
    """Tell whether it is the reference bank's own declaration, wherever it was named."""
    return loaded.path.resolve() == builtin_declaration().resolve()


def whole(
    loaded: LoadedDeclaration, known: Catalogue, reports: Path, agent: AgentOptions
) -> Request:
    """Return what is asked by a command that selects no scenarios of its own."""
    return Request(
        loaded=loaded,
        selection=Selection(),
        root=bundle_root(),
        steps=steps_dir(),
        known_requirements=known.requirements,
        requirement_set=f"{known.id} {known.version}",
        reports=reports,
        agent=agent,
    )


def make_agents(
    options: AgentOptions, declaration: Declaration, access: Access = NO_ACCESS
) -> Agents:
    """Return the browser, or what stands in for it (`MakeAgents`)."""
    if options.kind is AgentKind.HTTP:
        from otp_conformance.agent.http import HttpAgents

        return HttpAgents.declared(declaration, access)
    from otp_conformance.agent.browser import BrowserAgents

    return BrowserAgents.declared(declaration, options, access)


def parts(known: Catalogue, progress: Progress | None = None, *, reporting: bool = True) -> Parts:
    """Return what a real run is made of; ``reporting``: with reports at its end.

    ``progress`` shows waits, and makes room for questions; None: nobody is there.

    Imported here, because a browser's library takes its time and most
    commands do without: the fast agent never loads it.
    """
    with loading():
        from otp_conformance.cli.terminal import TerminalPrompter
        from otp_conformance.deployment.connect import connect
        from otp_conformance.report.build import build
        from otp_conformance.run.world import World

    lang = report_language()

    def build_reports(run_dir: Path) -> None:
        if reporting:
            build(run_dir, known, teeth(), lang, reference=reference())

    def waiting(wait: Waiting) -> None:
        if progress is not None:
            progress.waiting([wait])

    return Parts(
        make_agents=make_agents,
        connect=partial(
            connect,
            on_wait=waiting,
            prompter=TerminalPrompter(asking=progress.asking) if progress else NobodyThere(),
        ),
        make_world=World,
        build_reports=build_reports,
        on_waits=progress.waiting if progress else tell_nobody_of_all,
        for_worker=f"{__name__}:{worker_parts.__name__}",
    )


def worker_parts(on_wait: Announce) -> Parts:
    """Return what a worker of a run is made of: it has no terminal and writes no reports."""
    from otp_conformance.deployment.connect import connect
    from otp_conformance.run.world import World

    return Parts(
        make_agents=make_agents,
        connect=partial(connect, on_wait=on_wait),
        make_world=World,
        build_reports=lambda _: None,
    )
