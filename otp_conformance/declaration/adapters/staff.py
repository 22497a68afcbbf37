"""How the tests act as staff (IX-17, IX-26, IX-43)."""

from __future__ import annotations

from typing import Annotated, Literal

from otp_conformance.declaration.base import SecretReference, Section, ix


class StaffAdapter(Section):
    """How the tests act as the institution's staff."""

    kind: Annotated[
        Literal["screens", "test_control", "person"],
        ix(
            "IX-17 IX-26 IX-43",
            "職員の操作: screens（職員画面）/ test_control（試験用API）/ person（人が行う）",
            "Staff: screens, test_control or person",
        ),
    ]
    login_id: Annotated[str, ix("IX-17", "職員ID", "Staff login ID")] = ""
    password: Annotated[
        SecretReference | None,
        ix("IX-17", "職員のパスワード（参照）", "Staff password, by reference", secret=True),
    ] = None
    path: Annotated[str, ix("IX-17", "職員ログイン画面の場所", "Path of the staff login page")] = (
        "/staff/login"
    )
