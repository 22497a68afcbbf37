"""What issue and activation ask a customer to type."""

from __future__ import annotations

from collections.abc import Iterable

from otp_conformance.agent.page import FieldView
from otp_conformance.people.introduction import People
from otp_conformance.text import contains


def confirmation_only(people: People) -> None:
    """Judge that the issue asks for the confirmation password, and for no OTP, serial or address.

    Further inputs are kept for readers, not judged (AMB-36, IX-39).
    """
    fields = people.acting().site.agent.view().fields
    names = people.scene.declaration.labels
    observed = _listed(fields)
    people.scene.case.note(f"発行確認の画面の入力欄：{observed}")
    people.scene.case.confirm(
        "確認用パスワードの入力欄がある",
        _one_is(fields, names["confirmation.field"]),
        expected="確認用パスワードの入力欄があること",
        observed=observed,
    )
    manual = people.scene.declaration.manual
    for key, requirements in manual.screens["issue_confirm"].not_asked.items():
        what = names[key][0]
        people.scene.case.confirm(
            f"{what}の入力欄がない",
            not _one_is(fields, names[key]),
            expected=f"{what}の入力欄がないこと",
            observed=observed,
            requirements=manual.kept(requirements),
        )


def activation_as_declared(people: People) -> None:
    """Judge that activation asks for serial, OTP and what is declared (ACT-35, AMB-58)."""
    declared = people.scene.declaration.confirmation_password.asked_at_activation
    only_fields(people, "activation.serial", "otp.field", *("confirmation.field",) * declared)


def only_fields(people: People, *label_keys: str) -> None:
    """Judge that the screen asks for these inputs and no others."""
    fields = people.acting().site.agent.view().fields
    wanted = [people.scene.declaration.labels[key] for key in label_keys]
    missing = [names[0] for names in wanted if not _one_is(fields, names)]
    extra = [field for field in fields if not any(_is(field, names) for names in wanted)]
    people.scene.case.confirm(
        "入力欄",
        not missing and not extra and len(fields) == len(label_keys),
        expected="入力欄は" + "、".join(names[0] for names in wanted) + "だけであること",
        observed=_listed(fields),
    )


def _is(field: FieldView, names: tuple[str, ...]) -> bool:
    return any(contains(caption, names) for caption in field.names)


def _one_is(fields: Iterable[FieldView], names: tuple[str, ...]) -> bool:
    return any(_is(field, names) for field in fields)


def _listed(fields: Iterable[FieldView]) -> str:
    return "、".join(field.label or "名前のない入力欄" for field in fields) or "入力欄なし"
