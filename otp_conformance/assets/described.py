"""Customers and tokens made by calls or commands that a vendor describes (port `Provisioner`)."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from otp_conformance.assets.made_up import (
    SEED_BYTES,
    SERIAL_LENGTH,
    MadeUpAccounts,
    TokenRules,
    new_serial,
)
from otp_conformance.assets.port import (
    Account,
    Need,
    Provisioned,
    Provisioner,
    expiry_of_new,
    stock_for,
)
from otp_conformance.calls.described import HttpCaller, member
from otp_conformance.commands import Commands, filled
from otp_conformance.declaration.adapters.http_call import HttpCall
from otp_conformance.declaration.adapters.provisioning import (
    ProvisioningMembers,
    ProvisioningWords,
)
from otp_conformance.specification.words import Kind, Status
from otp_conformance.tokens import learn_nothing
from otp_conformance.tokens.port import TokenAsset, TokenDevice
from otp_conformance.verdict.outcome import DeclarationMismatch, NotRun, Outcome, SetupFailed
from otp_conformance.verdict.verdict import Cause

_TABLE = "adapters.provisioning"
_SECRETS = ("login_password", "confirmation_password", "seed_base32", "seed_hex")
_MASK = "＊＊＊"
_MOST_SHOWN = 12


class CannotMakeError(NotRun):
    """未実施: the declaration describes no way to make such a customer or token."""

    cause = Cause.DECLARATION


@dataclass(frozen=True)
class Means:
    """One described call or command.

    ``key``: where it is described; ``texts``: what it sends, with placeholders;
    ``ask``: carries it out and returns its answer, read as JSON where that is wished.
    """

    key: str
    texts: Sequence[str]
    ask: Callable[[Mapping[str, str], bool], Any]

    def sends(self, name: str) -> bool:
        """Tell whether a value is passed on."""
        return any(f"{{{name}}}" in text for text in self.texts)

    def sent(self, values: Mapping[str, str]) -> str:
        """Return what is sent, for readers: without secrets."""
        shown = {name: _MASK if name in _SECRETS else text for name, text in values.items()}
        return " ".join(filled(text, shown) for text in self.texts if text)


def call_means(key: str, call: HttpCall, caller: HttpCaller) -> Means:
    """Return a described HTTP call."""

    def ask(values: Mapping[str, str], reads: bool) -> Any:  # noqa: ANN401 - JSON
        return caller.json(call, values) if reads else caller.send(call, values)

    return Means(key, (call.method, call.url, *call.headers.values(), call.body), ask)


def command_means(key: str, words: Sequence[str], commands: Commands) -> Means:
    """Return a described command; where its answer is read, it prints JSON."""

    def ask(values: Mapping[str, str], reads: bool) -> Any:  # noqa: ANN401 - JSON
        if reads:
            return commands.ask(words, values, key=key)
        commands.run(words, values, key=key)
        return None

    return Means(key, words, ask)


class DescribedProvisioner(Provisioner):
    """Has every customer and token made anew; what an answer has holds, else what was sent.

    ``means``: by verb (customer, token, software_token); a verb that is not there is not
    offered. ``device``: makes one from what is printed on it and its seed, if known;
    ``now``: the system's time; ``on_secret`` is told every password and seed.
    """

    def __init__(
        self,
        means: Mapping[str, Means],
        members: ProvisioningMembers,
        words: ProvisioningWords,
        rules: TokenRules,
        device: Callable[[TokenAsset, str], TokenDevice],
        now: Callable[[], datetime],
        *,
        on_secret: Callable[[str], None] = learn_nothing,
    ) -> None:
        self._means = means
        self._members = members
        self._words = words
        self._device = device
        self._now = now
        self._on_secret = on_secret
        self._accounts = MadeUpAccounts(rules, on_secret)
        self._devices: dict[str, TokenDevice] = {}

    # -- the port ----------------------------------------------------------

    def customer(self, need: Need, *, confirmation_password: str | None = None) -> Provisioned:
        """Return a fresh customer in the needed state, with the token of that state."""
        means = self._described("customer")
        status = need.status or Status.NOT_REGISTERED
        words = {"status": self._word(status), "kind": self._word(need.kind)}
        account = self._accounts.account(confirmation_password, need.confirmation_length)
        bare = status is Status.NOT_REGISTERED
        token = None
        if not bare and means.sends("serial"):
            token = self.token(stock_for(need))
        values = {
            **words,
            "login_id": account.login_id,
            "login_password": account.login_password,
            "confirmation_password": account.confirmation_password,
            "confirmation_length": str(need.confirmation_length or ""),
            "name": account.name,
            "address": account.address,
            "serial": token.asset.serial if token else "",
            "serial_length": str(need.serial_length or ""),
        }
        answer = self._ask(means, values, _OF_CUSTOMERS if bare or token else _OF_BOTH)
        account = self._account(means, answer, account)
        if not bare and token is None:
            token = self._made(means, answer, need, {})
        if token is not None:
            self._require_fitting(means, token, need)
        # Whether the system took the present code for what it set up is not known.
        return Provisioned(account, token, None if token is None else self._now())

    def token(self, need: Need) -> TokenDevice:
        """Return a fresh token in stock, allotted to nobody."""
        return self._put("token", need, {})

    def reserve_software_token(self, login_id: str) -> TokenDevice:
        """Return the software token that this customer's next application will be given."""
        return self._put("software_token", Need(kind=Kind.SOFTWARE), {"login_id": login_id})

    def device(self, serial: str) -> TokenDevice:
        """Return the device with this serial; `SetupFailed` for one not of our making."""
        if serial not in self._devices:
            raise SetupFailed(
                expected="この実行が用意したトークンのシリアル番号であること",
                observed=f"知らないシリアル番号です：{serial}",
            )
        return self._devices[serial]

    # -- calls -------------------------------------------------------------

    def _described(self, verb: str) -> Means:
        if verb in self._means:
            return self._means[verb]
        raise CannotMakeError(
            expected=f"{_WORK[verb]}手段が宣言されていること",
            observed=f"宣言の [{_TABLE}] に {verb} の呼び出し・コマンドがありません",
            hint=f"{_TABLE}.calls.{verb}（kind = http）か {_TABLE}.commands.{verb}"
            "（kind = command）を書くと実施できます。",
        )

    def _word(self, word: Status | Kind) -> str:
        found: str = getattr(self._words, word.value)
        if not found:
            raise CannotMakeError(
                expected=f"{word.value} を作れること",
                observed=f"宣言では作れません（{_TABLE}.words.{word.value} が空）",
                hint="作れるなら、そこに渡す言葉を書いてください。",
            )
        return found

    def _put(self, verb: str, need: Need, more: Mapping[str, str]) -> TokenDevice:
        means = self._described(verb)
        seed = secrets.token_bytes(SEED_BYTES)
        encoded = base64.b32encode(seed).decode()
        self._on_secret(encoded)
        self._on_secret(seed.hex())
        prefix, length = need.serial_prefix, need.serial_length or SERIAL_LENGTH
        expires_at = expiry_of_new(self._now())
        values = {
            "serial": prefix + new_serial(length - len(prefix)),
            "serial_length": str(need.serial_length or ""),
            "seed_base32": encoded,
            "seed_hex": seed.hex(),
            "kind": self._word(need.kind),
            "expires_at": expires_at.isoformat(),
            **more,
        }
        answer = self._ask(means, values, _OF_TOKENS)
        sent = {name: values[name] for name in ("serial", "expires_at") if means.sends(name)}
        if means.sends("seed_base32") or means.sends("seed_hex"):
            sent["seed"] = encoded
        device = self._made(means, answer, need, sent)
        self._require_fitting(means, device, need)
        return device

    def _ask(self, means: Means, values: Mapping[str, str], members: Sequence[str]) -> Any:  # noqa: ANN401 - JSON
        """Carry a call out; what goes wrong names it, and what was sent."""
        wanted = any(getattr(self._members, name) for name in members)
        try:
            return means.ask(values, wanted)
        except Outcome as error:
            sent = f"{error.observed}（{means.key} で送った内容: {means.sent(values)}）"
            raise type(error)(expected=error.expected, observed=sent, hint=error.hint) from error

    # -- answers -----------------------------------------------------------

    def _account(self, means: Means, answer: Any, sent: Account) -> Account:  # noqa: ANN401 - JSON
        values = {
            name: self._value(means, answer, name, getattr(sent, name) if means.sends(name) else "")
            for name in _OF_CUSTOMERS
        }
        self._on_secret(values["login_password"])
        self._on_secret(values["confirmation_password"])
        return Account(**values)

    def _made(
        self,
        means: Means,
        answer: Any,  # noqa: ANN401 - JSON
        need: Need,
        sent: Mapping[str, str],
    ) -> TokenDevice:
        """Return the device of a token that was made."""
        serial = self._value(means, answer, "serial", sent.get("serial", ""))
        seed = self._value(means, answer, "seed", sent.get("seed", ""))
        if seed:
            self._on_secret(seed)
        expiry = self._value(means, answer, "expires_at", sent.get("expires_at", ""))
        device = self._device(TokenAsset(serial, need.kind, self._moment(means, expiry)), seed)
        self._devices[serial] = device
        return device

    def _moment(self, means: Means, text: str) -> datetime:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            why = f"日時（ISO 8601、時差つき）ではありません：「{text}」"
            raise self._misread(means, "expires_at", why)
        return moment

    def _value(self, means: Means, answer: Any, name: str, sent: str) -> str:  # noqa: ANN401 - JSON
        """Return a value: the answer's, else the one that was sent (empty: it was not)."""
        path: str = getattr(self._members, name)
        try:
            found = member(answer, path) if path else None
        except (KeyError, IndexError, TypeError, ValueError):
            found = None
        if isinstance(found, str | int) and not isinstance(found, bool) and str(found):
            return str(found)
        if sent or name in _MAY_BE_EMPTY:
            return sent
        there = "、".join(map(str, list(answer)[:_MOST_SHOWN])) if isinstance(answer, dict) else ""
        raise self._misread(
            means, name, f"その項目がありません（答えにある項目: {there or 'なし'}）"
        )

    def _misread(self, means: Means, name: str, why: str) -> DeclarationMismatch:
        return DeclarationMismatch(
            expected=f"{means.key} の答えに、{_TABLE}.members.{name} の"
            f"「{getattr(self._members, name)}」があること",
            observed=why,
            hint=f"宣言の {_TABLE}.members を、実際の答えの形と比べてください。",
        )

    def _require_fitting(self, means: Means, token: TokenDevice, need: Need) -> None:
        serial = token.asset.serial
        if need.serial_length in (0, len(serial)) and serial.startswith(need.serial_prefix):
            return
        wanted = str(replace(stock_for(need), to_send=True))
        raise CannotMakeError(
            expected=f"{means.key} が、求めたシリアル番号（{wanted}）のトークンを用意すること",
            observed=f"用意されたトークンのシリアル番号は {serial} です",
            hint="呼び出しに {serial} か {serial_length} を渡せるなら、書き足してください。",
        )


_WORK = {
    "customer": "お客さまを用意する",
    "token": "トークンを在庫にする",
    "software_token": "ソフトウェアトークンを用意する",
}
_OF_CUSTOMERS = ("login_id", "login_password", "confirmation_password", "name", "address")
_OF_TOKENS = ("serial", "seed", "expires_at")
_OF_BOTH = (*_OF_CUSTOMERS, *_OF_TOKENS)
# A seed is not known where codes are read from a device (adapters.tokens.kind).
_MAY_BE_EMPTY = ("name", "address", "seed")
