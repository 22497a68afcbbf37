"""The declaration of a faulty product: the ordinary one, started differently."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from otp_conformance.declaration.load import LoadedDeclaration
from otp_conformance.declaration.load import load as load_declaration
from otp_conformance.errors import UsageError
from otp_conformance.journal.events import OWN_SET
from workshop.sets import every_set
from workshop.teeth.catalogue import COMMAND, FAULT, Fault, FaultCatalogue


def ordinary(catalogue: FaultCatalogue, other: Path | None = None) -> LoadedDeclaration:
    """Return the declaration of the product without fault (``other`` instead, if given).

    Raises `DeclarationError`, and `UsageError` when it does not start its
    product or the catalogue's faulty products are not there.
    """
    needed = catalogue.place(catalogue.start.requires)
    if needed and not Path(needed).exists():
        raise UsageError(
            f"欠陥のある製品（{catalogue.start.requires}）がありません。"
            "参照実装のものはリポジトリ全体を取得すると使えます。",
            f"The faulty products ({catalogue.start.requires}) are missing. "
            "Those of the reference bank come with the whole repository.",
        )
    loaded = load_declaration(other or Path(catalogue.place(catalogue.start.declaration)))
    if loaded.declaration.sut.start is None:
        raise UsageError(
            f"{loaded.path}: sut.start がありません。欠陥のある製品はこちらで起動します。",
            f"{loaded.path}: sut.start is missing. Faulty products are started by the run.",
        )
    return loaded


def faulty(catalogue: FaultCatalogue, fault: Fault, loaded: LoadedDeclaration) -> LoadedDeclaration:
    """Return the declaration by which the product with this fault is started.

    What is judged is the set whose requirements the fault violates.
    """
    if (judged := set_of(fault)) != OWN_SET:
        loaded = load_declaration(loaded.path, None, judged)
    sut = loaded.declaration.sut
    assert sut.start is not None
    words: list[str] = []
    for word in catalogue.start.command:
        if word == COMMAND:
            words += sut.start.command
        else:
            words.append(catalogue.place(word).replace(FAULT, fault.id))
    start = sut.start.model_copy(update={"command": tuple(words)})
    product = f"{sut.product} ({fault.id})"
    changed = sut.model_copy(update={"start": start, "product": product})
    # What is wrong with a title shows only against one that somebody has said or met.
    declaration = loaded.declaration.model_copy(update={"sut": changed}).with_titles_said()
    return replace(loaded, declaration=declaration)


def set_of(fault: Fault) -> str:
    """Return the set that the requirements belong to which a fault violates.

    Raises `UsageError` for those of several: a run judges one.
    """
    owners = {area.id: each.set for each in every_set() for area in each.areas}
    found = {owners[requirement.partition("-")[0]] for requirement in fault.violates}
    if len(found) > 1:
        names = "、".join(sorted(found))
        raise UsageError(
            f"欠陥 {fault.id} の violates が、いくつもの要件のセット（{names}）にわたっています。",
            f"Fault {fault.id} violates requirements of several sets ({names}).",
        )
    return found.pop()


def environment(catalogue: FaultCatalogue) -> Mapping[str, str]:
    """Return the environment of the harness, with the catalogue's own variables."""
    own = {name: catalogue.place(text) for name, text in catalogue.start.environment.items()}
    return {**os.environ, **own}
