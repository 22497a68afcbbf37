"""What issue and activation ask a customer to type."""

from __future__ import annotations

from otp_conformance.people.introduction import People
from otp_conformance.text import contains

# What the issue does not ask for, by the requirement that says so.
_NOT_ASKED = {"ISS-23": "otp.field", "ISS-24": "activation.serial", "SHP-03": "field.address"}


def confirmation_only(people: People) -> None:
    """Judge that the issue asks for the confirmation password, and for no OTP, serial or address.

    Further inputs are kept for readers, not judged (AMB-36, IX-39).
    """
    shown = [field.label for field in people.acting().site.agent.view().fields]
    names = people.scene.declaration.labels
    observed = "、".join(shown) or "入力欄なし"
    people.scene.case.note(f"発行確認の画面の入力欄：{observed}")
    people.scene.case.confirm(
        "確認用パスワードの入力欄がある",
        any(contains(label, names["confirmation.field"]) for label in shown),
        expected="確認用パスワードの入力欄があること",
        observed=observed,
    )
    for requirement, key in _NOT_ASKED.items():
        what = names[key][0]
        people.scene.case.confirm(
            f"{what}の入力欄がない",
            not any(contains(label, names[key]) for label in shown),
            expected=f"{what}の入力欄がないこと",
            observed=observed,
            requirements=[requirement],
        )


def activation_as_declared(people: People) -> None:
    """Judge that activation asks for serial, OTP and what is declared (ACT-35, AMB-58)."""
    declared = people.scene.declaration.confirmation_password.asked_at_activation
    only_fields(people, "activation.serial", "otp.field", *("confirmation.field",) * declared)


def only_fields(people: People, *label_keys: str) -> None:
    """Judge that the screen asks for these inputs and no others."""
    labels = [field.label for field in people.acting().site.agent.view().fields]
    wanted = [people.scene.declaration.labels[key] for key in label_keys]
    missing = [names[0] for names in wanted if not any(contains(x, names) for x in labels)]
    extra = [x for x in labels if not any(contains(x, names) for names in wanted)]
    people.scene.case.confirm(
        "入力欄",
        not missing and not extra and len(labels) == len(label_keys),
        expected="入力欄は" + "、".join(names[0] for names in wanted) + "だけであること",
        observed="、".join(labels) or "入力欄なし",
    )
