"""What the issue asks a customer to type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from otp_conformance.text import contains

if TYPE_CHECKING:
    from otp_conformance.actors.world import World

# What the issue does not ask for, by the requirement that says so.
_NOT_ASKED = {"ISS-23": "otp.field", "ISS-24": "activation.serial", "SHP-03": "field.address"}


def confirmation_only(world: World) -> None:
    """Judge that the issue asks for the confirmation password, and for no OTP, serial or address.

    Further inputs are kept for readers, not judged (AMB-36, IX-39).
    """
    shown = [field.label for field in world.acting().site.agent.view().fields]
    names = world.declaration.labels
    observed = "、".join(shown) or "入力欄なし"
    world.case.note(f"発行確認の画面の入力欄：{observed}")
    world.case.confirm(
        "確認用パスワードの入力欄がある",
        any(contains(label, names["confirmation.field"]) for label in shown),
        expected="確認用パスワードの入力欄があること",
        observed=observed,
    )
    for requirement, key in _NOT_ASKED.items():
        what = names[key][0]
        world.case.confirm(
            f"{what}の入力欄がない",
            not any(contains(label, names[key]) for label in shown),
            expected=f"{what}の入力欄がないこと",
            observed=observed,
            requirements=[requirement],
        )
