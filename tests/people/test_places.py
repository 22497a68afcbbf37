"""Addresses that one customer has seen, opened by another."""

from __future__ import annotations

import pytest

from otp_conformance.people.places import in_session

THEIRS, MINE = "a1b2c3d4e5f6a7b8", "0f9e8d7c6b5a4f3e"


@pytest.mark.parametrize(
    ("address", "own", "held", "opened"),
    [
        pytest.param(
            f"http://b/ib?scr=TOP&sid={THEIRS}",
            f"http://b/ib?scr=LOGIN&sid={MINE}",
            {},
            f"http://b/ib?scr=TOP&sid={MINE}",
            id="in the query",
        ),
        pytest.param(
            f"http://b/ib?sid={THEIRS}", "http://b/in", {"sid": MINE}, f"http://b/ib?sid={MINE}",
            id="held by the form",
        ),
        pytest.param(
            f"http://b/top;jsessionid={THEIRS}",
            f"http://b/otp;jsessionid={MINE}",
            {},
            f"http://b/top;jsessionid={MINE}",
            id="in the path",
        ),
        pytest.param(
            f"http://b/(S({THEIRS}))/top.aspx",
            f"http://b/(S({MINE}))/otp.aspx",
            {},
            f"http://b/(S({MINE}))/top.aspx",
            id="a part of the path",
        ),
        pytest.param("http://b/top?m=1", "http://b/otp?m=2", {"m": "3"}, "http://b/top?m=1"),
        pytest.param(
            "http://b/top?go=deactivation", "http://b/otp?go=loginscreen0", {},
            "http://b/top?go=deactivation",
            id="words are no number",
        ),
        pytest.param(f"http://b/top?sid={THEIRS}", "http://b/in", {}, f"http://b/top?sid={THEIRS}"),
    ],
)  # fmt: skip
def test_an_address_is_opened_in_ones_own_session(
    address: str, own: str, held: dict[str, str], opened: str
) -> None:
    assert in_session(address, own, held) == opened
