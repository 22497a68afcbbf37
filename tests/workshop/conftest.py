from pathlib import Path

import pytest
import small


@pytest.fixture
def caught(tmp_path: Path):
    red = small.checked("fail", "LGN-06", cause="product")
    return small.row(small.journal(tmp_path / "caught", ([red], small.ended("fail", "product"))))


@pytest.fixture
def survived(tmp_path: Path):
    green = small.checked("pass", "LGN-06")
    found = small.journal(tmp_path / "survived", ([green], small.ended("pass")))
    return small.row(found, small.fault(id="survivor"))
