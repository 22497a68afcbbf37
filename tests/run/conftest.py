import shutil
from pathlib import Path

import pytest
from tiny_suite import HERE, Suite


@pytest.fixture
def suite(tmp_path: Path) -> Suite:
    (tmp_path / "steps").mkdir()
    shutil.copy(HERE / "tiny_steps.py", tmp_path / "steps" / "tiny_steps.py")
    (tmp_path / "features").mkdir()
    return Suite(tmp_path)
