"""The table of kinds: computed, complete, and what docs/kinds.md shows."""

from __future__ import annotations

import pytest

from workshop.faults.runs import ROOT
from workshop.kinds_table import FORMS, KINDS, Kind, _met, all_plans, of_kind, table


def test_the_page_shows_the_table_as_it_is() -> None:
    shown = (ROOT / "docs" / "kinds.md").read_text(encoding="utf-8")
    assert shown.endswith("\n\n" + "\n".join(table(all_plans())) + "\n")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.en)
def test_each_kind_is_tried_on_some_form(kind: Kind) -> None:
    found = [plan for plan in all_plans() if of_kind(kind, plan)]
    without = [plan.scenario_id for plan in found if not _met(kind, plan) & FORMS.keys()]
    assert found
    assert not without
