"""Fresh customers and tokens over the test-control API (port `Provisioner`)."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

from otp_conformance.assets.made_up import (
    SEED_BYTES,
    SERIAL_LENGTH,
    MadeUpAccounts,
    TokenRules,
    new_serial,
)
from otp_conformance.assets.port import Account, Need, Provisioned, Provisioner, expiry_of_new
from otp_conformance.calls.test_control import TestControl, reading
from otp_conformance.specification.words import Kind, Status
from otp_conformance.tokens import SimulatedToken, learn_nothing
from otp_conformance.tokens.port import TokenAsset, TokenDevice
from otp_conformance.verdict.outcome import SetupFailed


class TestControlProvisioner(Provisioner):
    """Makes every customer and token anew; nothing is ever handed out twice.

    ``on_secret`` is told every password, seed and code.
    """

    __test__ = False

    def __init__(
        self,
        control: TestControl,
        rules: TokenRules | None = None,
        *,
        on_secret: Callable[[str], None] = learn_nothing,
    ) -> None:
        self._control = control
        self._rules = rules or TokenRules()
        self._on_secret = on_secret
        self._accounts = MadeUpAccounts(self._rules, on_secret)
        self._devices: dict[str, TokenDevice] = {}

    def customer(self, need: Need, *, confirmation_password: str | None = None) -> Provisioned:
        """Return a fresh customer in the needed state, with the token of that state."""
        account = self._accounts.account(confirmation_password, need.confirmation_length)
        status = need.status or Status.NOT_REGISTERED
        device = None if status is Status.NOT_REGISTERED else self._register(need)
        body: dict[str, Any] = {
            "status": status.value,
            "kind": need.kind.value,
            "login_id": account.login_id,
            "login_password": account.login_password,
            "confirmation_password": account.confirmation_password,
            "name": account.name,
            "address": account.address,
        }
        if device is not None:
            body["token_serial"] = device.asset.serial
        answer = self._control.call("POST", "customers", body)
        with reading("customers"):
            account = Account(
                login_id=answer["login_id"],
                login_password=answer["login_password"],
                confirmation_password=answer["confirmation_password"],
                name=answer["name"],
                address=answer["address"],
            )
            if answer["status"] != status.value:
                raise SetupFailed(
                    expected=f"新しいお客さまが {status.value} の状態で用意されること",
                    observed=f"状態が {answer['status']} になりました",
                )
        # Whether the system took the present code for what it set up is not known.
        return Provisioned(account, device, None if device is None else self._control.now())

    def token(self, need: Need) -> TokenDevice:
        """Return a fresh token in stock, allotted to nobody."""
        return self._register(need)

    def reserve_software_token(self, login_id: str) -> TokenDevice:
        """Return the software token that this customer's own application will be given."""
        return self._register(Need(kind=Kind.SOFTWARE), reserved_for=login_id)

    def device(self, serial: str) -> TokenDevice:
        """Return the device with this serial; `SetupFailed` for one not of our making."""
        known = self._devices.get(serial)
        if known is None:
            raise SetupFailed(
                expected="この実行が用意したトークンのシリアル番号であること",
                observed=f"知らないシリアル番号です：{serial}",
            )
        return known

    def _register(self, need: Need, **more: str) -> TokenDevice:
        seed = secrets.token_bytes(SEED_BYTES)
        prefix, length = need.serial_prefix, need.serial_length or SERIAL_LENGTH
        serial = prefix + new_serial(length - len(prefix))
        while serial in self._devices:
            serial = prefix + new_serial(length - len(prefix))
        encoded = base64.b32encode(seed).decode()
        self._on_secret(encoded)
        body = {
            "serial": serial,
            "secret_base32": encoded,
            "kind": need.kind.value,
            "expires_at": expiry_of_new(self._control.now()).isoformat(),
            **more,
        }
        answer = self._control.call("POST", "tokens", body)
        with reading("tokens"):
            asset = TokenAsset(
                str(answer["serial"]), need.kind, datetime.fromisoformat(answer["expires_at"])
            )
        device = SimulatedToken(
            asset,
            seed,
            self._rules.display,
            on_secret=self._on_secret,
        )
        self._devices[asset.serial] = device
        return device
