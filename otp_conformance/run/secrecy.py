"""Lets the masker know the passwords of every customer that a run is given."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from otp_conformance.sut.ports import Provisioned, Provisioner, Sut
from otp_conformance.verdict.secrets import Masker


class _DiscreetProvisioner:
    """Passes every call on and registers the passwords in what comes back."""

    def __init__(self, provisioner: Provisioner, masker: Masker) -> None:
        self._provisioner = provisioner
        self._masker = masker

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - a transparent wrapper
        member = getattr(self._provisioner, name)
        if not callable(member):
            return member

        def call(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - a transparent wrapper
            result = member(*args, **kwargs)
            if isinstance(result, Provisioned):
                account = result.account
                self._masker.add(account.login_password, account.confirmation_password)
            return result

        return call


def discreet(sut: Sut, masker: Masker) -> Sut:
    """Return the same deployment, with every customer's passwords masked from the start."""
    wrapped = cast("Provisioner", _DiscreetProvisioner(sut.provisioner, masker))
    return replace(sut, provisioner=wrapped)
