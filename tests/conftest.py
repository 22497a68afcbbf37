"""What all tests share."""

import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

# A shell that starts us in the background has SIGINT ignored, and children
# inherit that; what the tests say of Ctrl-C is about an ordinary start.
signal.signal(signal.SIGINT, signal.default_int_handler)

# A busy machine must not turn a right answer into a wrong one.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

HERE = Path(__file__).parent
# Folders and files whose tests start banks: the lane of `make unit` that comes first does without.
WITH_BANKS = (
    "budget/test_consumption_table.py",
    "clocks/test_fast_forward.py",
    "clocks/test_overnight.py",
    "explore/test_pasted.py",
    "packaging",
    "people/test_undeclared_titles.py",
    "pool/test_explored.py",
    "pool/test_pool_on_bank.py",
    "pool/test_procedures_on_bank.py",
    "pool/test_prepared.py",
    "pool/test_roll_call.py",
    "recovery",
    "second_manual/test_second_manual.py",
    "sets/test_run_of_a_set.py",
    "workshop",
)
NO_BANK = ("test_teeth_decision.py", "test_teeth_catalogue.py", "test_teeth_matrix.py")
_BANKS = ("reference_impl", "workshop.")

# What one costly fixture serves: in several test processes each would make it for itself.
TOGETHER = (
    "tests/packaging/test_wheel.py",
    "tests/workshop/test_faults.py::test_fault_is_found",
    "tests/workshop/test_one_model.py",
)


class _Scheduling(LoadScopeScheduling):
    """Gives the test processes each test by itself, but those of one fixture together.

    pytest-xdist's own groups (``loadgroup``) go by names put behind the tests' ids, which
    pytest 9.2 no longer takes.
    """

    def _split_scope(self, nodeid: str) -> str:
        return next((group for group in TOGETHER if nodeid.startswith(group)), nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """Use it wherever there are several test processes."""
    return _Scheduling(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what starts banks."""
    for item in items:
        place = item.path.relative_to(HERE).as_posix()
        if place.startswith(WITH_BANKS) and item.path.name not in NO_BANK:
            item.add_marker(pytest.mark.bank)


@pytest.fixture(autouse=True)
def no_bank_unless_marked(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the quick lane honest: a test that starts a bank says so above."""
    if request.node.get_closest_marker("bank") or request.node.path.parent.name == "bank":
        return
    start = subprocess.Popen.__init__

    def guarded(self: Any, args: Any, *rest: Any, **more: Any) -> None:
        words = [args] if isinstance(args, str) else [str(word) for word in args]
        assert not any(word.startswith(_BANKS) for word in words), "starts a bank: see WITH_BANKS"
        start(self, args, *rest, **more)

    monkeypatch.setattr(subprocess.Popen, "__init__", guarded)
