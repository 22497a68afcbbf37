from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bank_kit import Kit

from reference_impl.domain.policy import Policy


@pytest.fixture
def kit(tmp_path: Path) -> Kit:
    """A bank with the default policy."""
    return Kit(tmp_path)


@pytest.fixture
def kit_with(tmp_path: Path) -> Callable[..., Kit]:
    """A bank with some policies changed."""

    def make(**changes: Any) -> Kit:
        return Kit(tmp_path, Policy(**changes))

    return make
