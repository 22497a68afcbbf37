"""What every port is built from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from otp_conformance.agent.port import UserAgents
from otp_conformance.assets.test_control import TokenRules
from otp_conformance.calls.described import HttpCaller
from otp_conformance.calls.person import NobodyThere, Prompter
from otp_conformance.calls.test_control import TestControl
from otp_conformance.clock.port import Clock
from otp_conformance.clock.real import Announce, tell_nobody
from otp_conformance.declaration.model import Declaration
from otp_conformance.declaration.secrets import SecretError, resolve
from otp_conformance.verdict.outcome import DeclarationMismatch


def lacking(key: str, observed: str) -> DeclarationMismatch:
    """Return the outcome for a declared adapter that cannot be used."""
    return DeclarationMismatch(
        expected=f"宣言の {key} が使える値であること",
        observed=observed,
        hint="宣言の [adapters] を確かめてください。",
    )


@dataclass(frozen=True)
class Connection:
    """One deployment to connect to.

    ``base``: folder of the declaration, where its relative paths start;
    ``env`` holds the secrets; ``on_secret`` is told each one, for masking;
    ``on_wait`` of every second that a clock waits; ``prompter`` asks people;
    ``make_clock`` makes the one clock of all ports.
    """

    declaration: Declaration
    base: Path
    base_url: str
    env: Mapping[str, str]
    agents: UserAgents
    on_secret: Callable[[str], None]
    on_wait: Announce = tell_nobody
    prompter: Prompter = field(default_factory=NobodyThere)
    make_clock: Callable[[Connection], Clock] | None = None

    @cached_property
    def clock(self) -> Clock:
        """The deployment's clock, made when it is first asked for."""
        if self.make_clock is None:
            raise lacking("adapters.clock.kind", "時刻を読む手段が用意されていません")
        return self.make_clock(self)

    def secret(self, reference: str, key: str) -> str:
        """Return a referenced secret. Raises `DeclarationMismatch` naming ``key``."""
        try:
            value = resolve(reference, self.env, base=self.base)
        except SecretError as error:
            raise DeclarationMismatch(
                expected=f"宣言の {key} の秘密値を読めること", observed=str(error)
            ) from None
        self.on_secret(value)
        return value

    @cached_property
    def _control(self) -> TestControl | None:
        adapter = self.declaration.adapters.test_control
        if adapter is None:
            return None
        key = self.secret(adapter.key, "adapters.test_control.key")
        accepted = self.declaration.sut.accept_any_certificate
        return TestControl(self.base_url, adapter.path, key, any_certificate=accepted)

    def control(self, key: str) -> TestControl:
        """Return the test-control API, which the declared ``key`` needs."""
        if self._control is None:
            raise lacking(key, "test_control とありますが、[adapters.test_control] がありません")
        return self._control

    def caller(self, what: str, key: str) -> HttpCaller:
        """Return what makes the calls that the table ``key`` describes."""
        return HttpCaller(
            self.base_url,
            self.declaration.sut.allowed_hosts,
            what=what,
            key=key,
            secret=lambda reference: self.secret(reference, key),
            any_certificate=self.declaration.sut.accept_any_certificate,
        )

    @property
    def rules(self) -> TokenRules:
        """What the declaration says about codes and passwords."""
        otp, confirmation = self.declaration.otp, self.declaration.confirmation_password
        return TokenRules(
            digits=otp.digits,
            step_seconds=otp.step_seconds,
            algorithm=self.declaration.adapters.tokens.algorithm,
            confirmation_min_length=confirmation.min_length,
            confirmation_max_length=confirmation.max_length,
        )
