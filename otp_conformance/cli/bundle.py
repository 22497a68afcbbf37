"""What commands take from the bundle: catalogue, built-in declaration, parts of a run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from otp_conformance.catalogue.load import load as load_catalogue
from otp_conformance.catalogue.model import Catalogue
from otp_conformance.cli.early import loading
from otp_conformance.declaration.load import LoadedDeclaration
from otp_conformance.declaration.load import load as load_file
from otp_conformance.resources import features_dir, fixtures_dir
from otp_conformance.run.agents import AgentKind
from otp_conformance.run.request import Agents, Parts


def catalogue() -> Catalogue:
    """Return the requirement catalogue that the suite carries."""
    return load_catalogue(features_dir() / "requirements")


def builtin_declaration() -> Path:
    """Return the declaration of the reference bank."""
    return fixtures_dir() / "declarations" / "reference.toml"


def load_declaration(path: str | None) -> LoadedDeclaration:
    """Read the declaration that was named, else the built-in one.

    Raises `DeclarationError` with every problem of the file.
    """
    return load_file(builtin_declaration() if path is None else Path(path))


def is_builtin(loaded: LoadedDeclaration) -> bool:
    """Tell whether it is the reference bank's own declaration, wherever it was named."""
    return loaded.path.resolve() == builtin_declaration().resolve()


def make_agents(kind: AgentKind, allowed_hosts: Sequence[str], *, headed: bool) -> Agents:
    """Return the browser, or what stands in for it (`MakeAgents`)."""
    if kind is AgentKind.HTTP:
        from otp_conformance.sut.http import HttpAgents

        return HttpAgents(allowed_hosts)
    from otp_conformance.sut.browser import BrowserAgents

    return BrowserAgents(allowed_hosts, headed=headed)


def parts(known: Catalogue) -> Parts:
    """Return what a real run is made of.

    Imported here, because a browser's library takes its time and most
    commands do without: the fast agent never loads it.
    """
    with loading():
        from otp_conformance.actors.world import World
        from otp_conformance.report.build import build
        from otp_conformance.run.connect import connect

    def build_reports(run_dir: Path) -> None:
        build(run_dir, known)

    return Parts(
        make_agents=make_agents,
        connect=connect,
        make_world=World,
        build_reports=build_reports,
    )
