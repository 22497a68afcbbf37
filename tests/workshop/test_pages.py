"""The reference bank in HTML as real banks have it: a person can work there, so the suite can."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from otp_conformance.verdict.verdict import Cause, Verdict
from workshop.pages.variants import LISTED, UNLISTED, VARIANTS
from workshop.variants.start import write_declaration
from workshop.variants.trial import carry_out

LOGIN = ("LGN-04/1", "LGN-06/1")
ALTERED = ("ISS-15/2", "ISS-18/2", "ACT-01/3.1", "DEA-11/3")
"""What a page would send, altered, sent again and sent as it is."""
LOOKS_WRONG = ("ACT-12/1.4", "LGN-05/1.1", "LGN-07/2", "SCR-62/1.2")
"""Values that some pages do not let be sent."""
PRESSED = [name for name in VARIANTS if name.startswith(("button-", "postback-"))] + [
    "js-links",
    "onclick-no-href",
    "delayed-submit",
    "image-buttons",
    "confirm-dialog",
    "client-fetch",
]
IN_FRAME = (*LOGIN, "LGN-07/1")


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", [*LISTED, *UNLISTED])
def test_a_bank_told_in_another_way_is_judged_alike(name: str, tmp_path: Path) -> None:
    variant = VARIANTS[name]
    declaration = write_declaration(
        tmp_path, "workshop.pages.serve", name, declared=variant.declared
    )
    trial = carry_out(declaration, IN_FRAME if name == "frameset" else LOGIN)
    assert trial.accusations == []
    assert trial.circles == ()
    assert variant.advised or trial.followed == ()
    told = "\n".join(trial.complaints)
    if not variant.explained:
        assert told == ""
    elif told:
        assert re.search(variant.explained, told)
        assert not re.search(variant.never, told)


def _altered(name: str, folder: Path, ids: tuple[str, ...] = ALTERED) -> None:
    declaration = write_declaration(folder, "workshop.pages.serve", name)
    trial = carry_out(declaration, ids)
    assert trial.ends
    assert trial.complaints == []


@pytest.mark.browser
@pytest.mark.parametrize("name", ["postback-links", "postback-commands"])
def test_what_a_script_would_send_can_be_altered(name: str, tmp_path: Path) -> None:
    _altered(name, tmp_path)


@pytest.mark.browser
@pytest.mark.parametrize("name", ["form-right-first", "client-right-first", "form-told-first"])
def test_the_server_is_asked_though_the_page_lets_nothing_wrong_be_sent(
    name: str, tmp_path: Path
) -> None:
    _altered(name, tmp_path, LOOKS_WRONG)


@pytest.mark.browser
def test_a_fault_behind_a_page_that_refuses_by_itself_is_found(tmp_path: Path) -> None:
    declaration = write_declaration(tmp_path, "workshop.pages.serve", "form-told-first-cut")
    (end,) = carry_out(declaration, ("ACT-19/1",)).ends.values()
    assert (end.verdict, end.cause) == (Verdict.FAIL, Cause.PRODUCT)


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", PRESSED)
def test_what_any_button_would_send_can_be_altered(name: str, tmp_path: Path) -> None:
    _altered(name, tmp_path)
