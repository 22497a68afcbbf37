"""What issue and activation ask a customer to type."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from otp_conformance.agent.page import FieldView
from otp_conformance.people.introduction import People


def confirmation_only(people: People) -> None:
    """Judge that the issue asks for the confirmation password, and for no OTP, serial or address.

    Further inputs are kept for readers, not judged (AMB-36, IX-39).
    """
    fields, names = _shown(people), people.scene.declaration.labels
    is_called = _matcher(people)
    observed = _listed(fields)
    people.scene.case.note(f"発行確認の画面の入力欄：{observed}")
    people.scene.case.confirm(
        "確認用パスワードの入力欄がある",
        any(is_called(field, "confirmation.field") for field in fields),
        expected="確認用パスワードの入力欄があること",
        observed=observed,
    )
    declaration, screen = people.scene.declaration, people.acting().site.current() or ""
    manual = declaration.manual
    for key, requirements in manual.screens["issue_confirm"].not_asked.items():
        what, selector = names[key][0], declaration.selector(key, screen)
        people.scene.case.confirm(
            f"{what}の入力欄がない",
            not any(field.is_surely_called(names[key], selector) for field in fields),
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
    fields, names = _shown(people), people.scene.declaration.labels
    is_called = _matcher(people)
    wanted = [names[key][0] for key in label_keys]
    missing = [key for key in label_keys if not any(is_called(f, key) for f in fields)]
    extra = [f for f in fields if not any(is_called(f, key) for key in label_keys)]
    people.scene.case.confirm(
        "入力欄",
        not missing and not extra and len(fields) == len(label_keys),
        expected=f"入力欄は{'、'.join(wanted)}だけであること",
        observed=_listed(fields),
    )


def _shown(people: People) -> tuple[FieldView, ...]:
    return people.acting().site.own_fields()


def _matcher(people: People) -> Callable[[FieldView, str], bool]:
    """Return what tells whether a field of the screen in sight is the one of a label key."""
    declaration = people.scene.declaration
    screen = people.acting().site.current() or ""

    def is_called(field: FieldView, key: str) -> bool:
        return field.is_called(declaration.labels[key], declaration.selector(key, screen))

    return is_called


def _listed(fields: Iterable[FieldView]) -> str:
    return "、".join(field.label or "名前のない入力欄" for field in fields) or "入力欄なし"
