"""Puts the five ports in front of a deployment, as its declaration says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from otp_conformance.declaration.load import LoadedDeclaration
from otp_conformance.declaration.model import Declaration
from otp_conformance.declaration.secrets import SecretError, resolve
from otp_conformance.screens.staff_desk import ScreensStaffDesk
from otp_conformance.sut.clock import SteeredClock
from otp_conformance.sut.ports import Clock, Provisioner, StaffDesk, Sut, UserAgents
from otp_conformance.sut.provision import TestControlProvisioner, TokenRules
from otp_conformance.sut.staff_api import TestControlStaffDesk
from otp_conformance.sut.testcontrol import TestControl
from otp_conformance.sut.tokens import learn_nothing
from otp_conformance.verdict.outcome import DeclarationMismatch


def connect(
    loaded: LoadedDeclaration,
    base_url: str,
    env: Mapping[str, str],
    agents: UserAgents,
    *,
    on_secret: Callable[[str], None] = learn_nothing,
) -> Sut:
    """Return the ports to a running deployment.

    ``env`` holds the secrets that the declaration refers to; ``on_secret`` is
    told every secret that comes up, for masking. Raises `DeclarationMismatch`
    for an adapter that does not exist or lacks its part, and for a secret that
    cannot be read. Contacts nobody yet.
    """
    declaration = loaded.declaration
    base = Path(loaded.path).parent
    control = _test_control(declaration, base_url, env, base, on_secret)
    provisioner = _provisioner(declaration, control, on_secret)
    return Sut(
        base_url=base_url,
        agents=agents,
        clock=_clock(declaration, control),
        provisioner=provisioner,
        staff=_staff(declaration, base_url, env, base, agents, control, provisioner, on_secret),
    )


def _secret(
    reference: str, env: Mapping[str, str], base: Path, on_secret: Callable[[str], None], key: str
) -> str:
    try:
        value = resolve(reference, env, base=base)
    except SecretError as error:
        raise DeclarationMismatch(
            expected=f"宣言の {key} の秘密値を読めること", observed=str(error)
        ) from None
    on_secret(value)
    return value


def _lacking(key: str, observed: str) -> DeclarationMismatch:
    return DeclarationMismatch(
        expected=f"宣言の {key} が使える値であること",
        observed=observed,
        hint="宣言の [adapters] を確かめてください。",
    )


def _test_control(
    declaration: Declaration,
    base_url: str,
    env: Mapping[str, str],
    base: Path,
    on_secret: Callable[[str], None],
) -> TestControl | None:
    adapter = declaration.adapters.test_control
    if adapter is None:
        return None
    key = _secret(adapter.key, env, base, on_secret, "adapters.test_control.key")
    return TestControl(base_url, adapter.path, key)


def _needed(control: TestControl | None, key: str) -> TestControl:
    if control is None:
        raise _lacking(key, "test_control とありますが、[adapters.test_control] がありません")
    return control


def _clock(declaration: Declaration, control: TestControl | None) -> Clock:
    kind = declaration.adapters.clock.kind
    if kind == "test_control":
        return SteeredClock(_needed(control, "adapters.clock.kind"))
    raise _lacking("adapters.clock.kind", f"{kind} にはまだ対応していません")


def _provisioner(
    declaration: Declaration, control: TestControl | None, on_secret: Callable[[str], None]
) -> Provisioner:
    adapters = declaration.adapters
    if adapters.provisioning.kind != "test_control":
        found = f"{adapters.provisioning.kind} にはまだ対応していません"
        raise _lacking("adapters.provisioning.kind", found)
    if adapters.tokens.kind != "simulated":
        raise _lacking("adapters.tokens.kind", f"{adapters.tokens.kind} にはまだ対応していません")
    rules = TokenRules(
        digits=declaration.otp.digits,
        step_seconds=declaration.otp.step_seconds,
        algorithm=adapters.tokens.algorithm,
        confirmation_min_length=declaration.confirmation_password.min_length,
        confirmation_max_length=declaration.confirmation_password.max_length,
    )
    needed = _needed(control, "adapters.provisioning.kind")
    return TestControlProvisioner(needed, rules, on_secret=on_secret)


def _staff(
    declaration: Declaration,
    base_url: str,
    env: Mapping[str, str],
    base: Path,
    agents: UserAgents,
    control: TestControl | None,
    provisioner: Provisioner,
    on_secret: Callable[[str], None],
) -> StaffDesk:
    adapter = declaration.adapters.staff
    if adapter is None:
        raise _lacking("adapters.staff", "この表がありません")
    if adapter.kind == "test_control":
        return TestControlStaffDesk(_needed(control, "adapters.staff.kind"), provisioner)
    if adapter.kind != "screens":
        raise _lacking("adapters.staff.kind", f"{adapter.kind} にはまだ対応していません")
    if adapter.password is None:
        raise _lacking("adapters.staff.password", "職員のパスワードの参照がありません")
    return ScreensStaffDesk(
        agents,
        declaration,
        base_url,
        path=adapter.path,
        login_id=adapter.login_id,
        password=_secret(adapter.password, env, base, on_secret, "adapters.staff.password"),
        provisioner=provisioner,
    )
