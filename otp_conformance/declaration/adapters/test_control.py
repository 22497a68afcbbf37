"""The test-control API of a staging system (IX-12, IX-44)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from otp_conformance.declaration.base import SecretReference, Section, ix


class TestControlAdapter(Section):
    """The test-control API that a staging system may offer."""

    # pytest would take the class for a test case otherwise.
    __test__ = False

    path: Annotated[
        str,
        ix("IX-12 IX-44", "試験用APIの場所", "Base path of the test-control API"),
        Field(pattern=r"^/\S*$"),
    ] = "/test-control/v1"
    key: Annotated[
        SecretReference,
        ix("IX-12 IX-44", "試験用APIの鍵（参照）", "Key of the API, by reference", secret=True),
    ]
