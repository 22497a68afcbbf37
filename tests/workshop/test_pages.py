"""The reference bank in HTML as real banks have it: a person can work there, so the suite can."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from workshop.pages.variants import LISTED, UNLISTED, VARIANTS
from workshop.variants.start import write_declaration
from workshop.variants.trial import carry_out

LOGIN = ("LGN-04/1", "LGN-06/1")
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
