"""Software tokens whose seed appears only at issue: on the completion screen, or by a call."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from itertools import count
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from otp_conformance.assets.forwarding import ForwardingProvisioner
from otp_conformance.assets.port import LIFETIME, Provisioner
from otp_conformance.calls.described import HttpCaller, member
from otp_conformance.dates import read as read_date
from otp_conformance.declaration.adapters.tokens import SoftwareSeeds
from otp_conformance.declaration.procedures import Expiry
from otp_conformance.specification.words import Kind
from otp_conformance.tokens.port import TokenAsset, TokenDevice
from otp_conformance.verdict.outcome import DeclarationMismatch

_TABLE = "adapters.tokens.software"
# What the QR code of an authenticator app holds (Key URI Format).
_IN_ADDRESS = re.compile(r"otpauth://\S*[?&]secret=([^&\s]+)")
_ON_SCREEN, _IN_ANSWER = "発行完了の画面", "呼び出しの答え"


class SeedsAtIssue(ForwardingProvisioner):
    """Reads what the issue of a software token tells. All else is the inner one's.

    ``device``: makes one from what is known of it and the written seed, of which it takes
    note for masking; ``caller``: makes the declared call; ``expiry``: how a screen writes it.
    """

    def __init__(
        self,
        inner: Provisioner,
        seeds: SoftwareSeeds,
        expiry: Expiry,
        device: Callable[[TokenAsset, str], TokenDevice],
        now: Callable[[], datetime],
        caller: HttpCaller | None,
    ) -> None:
        super().__init__(inner)
        self._seeds = seeds
        self._expiry = expiry
        self._device = device
        self._now = now
        self._caller = caller
        self._numbers = count(1)
        self._issued: dict[str, TokenDevice] = {}

    def reserve_software_token(self, login_id: str) -> TokenDevice | None:
        """Reserve nothing: the token is known once it is issued."""
        del login_id
        return None

    def issued_software_token(self, login_id: str, fact: Callable[[str], str]) -> TokenDevice:
        """Return the token of the application just accepted. Raises `DeclarationMismatch`."""
        seeds = self._seeds
        read, where = (
            (fact, _ON_SCREEN) if self._caller is None else (self._asked(login_id), _IN_ANSWER)
        )
        text = read(seeds.seed)
        if not text:
            raise DeclarationMismatch(
                expected=f"{where}に、{_TABLE}.seed の「{seeds.seed}」があること",
                observed="その項目がありません",
                hint=f"宣言の {_TABLE} を、実際の画面や答えと比べてください。",
            )
        found = _IN_ADDRESS.search(text)
        serial = read(seeds.serial) if seeds.serial else ""
        asset = TokenAsset(
            serial or f"{login_id}-{next(self._numbers)}", Kind.SOFTWARE, self._expires(read, where)
        )
        device = self._device(asset, unquote(found[1]) if found else text)
        self._issued[asset.serial] = device
        return device

    def device(self, serial: str) -> TokenDevice:
        """Return a device issued here, or one that the inner one knows."""
        return self._issued.get(serial) or super().device(serial)

    def _asked(self, login_id: str) -> Callable[[str], str]:
        """Return what reads the members of the call's answer."""
        caller, call = self._caller, self._seeds.call
        assert caller is not None and call is not None  # noqa: S101, PT018 - declared with the source
        answer = caller.json(call, {"login_id": login_id})

        def read(path: str) -> str:
            try:
                found = member(answer, path)
            except (KeyError, IndexError, TypeError, ValueError):
                return ""
            return str(found) if isinstance(found, str | int) else ""

        return read

    def _expires(self, read: Callable[[str], str], where: str) -> datetime:
        key = self._seeds.expires_at
        if not key:
            return self._now() + LIFETIME
        text = read(key)
        try:
            if where == _IN_ANSWER:
                return datetime.fromisoformat(text).astimezone(ZoneInfo(self._expiry.time_zone))
            zone = ZoneInfo(self._expiry.time_zone)
            return read_date(text, self._expiry.display_format).replace(tzinfo=zone)
        except ValueError:
            raise DeclarationMismatch(
                expected=f"{where}の「{key}」（{_TABLE}.expires_at）が日時であること",
                observed=f"「{text}」とあります" if text else "その項目がありません",
                hint=f"宣言の {_TABLE}.expires_at か expiry.display_format を確かめてください。",
            ) from None
