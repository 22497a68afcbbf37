"""What a bank is started with: command-line choices and the policy file (TOML)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Any, get_type_hints
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from reference_impl.domain.policy import OtpFunction, Policy, Window

PRODUCT = "otp-conformance reference bank"
VERSION = "0.1.0"


class Profile(StrEnum):
    """How strict the bank is with itself; "test" allows cheap password hashing."""

    PRODUCTION = "production"
    TEST = "test"


@dataclass(frozen=True)
class Settings:
    """Everything decided before the bank opens. Secrets are kept out of the repr."""

    host: str = "127.0.0.1"
    port: int = 8080  # 0: any free port
    database: str = "sqlite:///bank.sqlite3"  # SQLAlchemy URL
    demo: bool = False
    test_control: bool = False
    test_control_key: str = field(default="", repr=False)
    profile: Profile = Profile.PRODUCTION
    policy: Policy = field(default_factory=Policy)
    bank_name: str = "みほん信用組合"
    product: str = PRODUCT
    version: str = VERSION


class SettingsError(Exception):
    """A settings file that cannot be used; the message names file, key, found, expected."""

    def __init__(self, path: Path, key: str, japanese: str, english: str) -> None:
        # "-": the file as a whole.
        ja_key, en_key = ("", "") if key == "-" else (f" の {key}", f", key {key}")
        super().__init__(
            f"設定ファイル {path}{ja_key}：{japanese} / settings file {path}{en_key}: {english}"
        )
        self.key = key


_RANGES: dict[str, tuple[int, int]] = {
    "otp_digits": (6, 8),
    "otp_step_seconds": (15, 120),
    "serial_min": (1, 32),
    "serial_max": (1, 32),
    "lock_threshold": (1, 100),
    "confirmation_min": (1, 64),
    "confirmation_max": (1, 64),
    "confirmation_failure_limit": (0, 1000),
    "gate_cutover_minutes": (0, 1439),
    "activation_failure_limit": (0, 1000),
    "session_idle_minutes": (1, 1440),
    "session_absolute_minutes": (1, 10080),
}
_WINDOW_RANGE = (0, 20)  # OneSpan's default identification window is the widest seen


def load_policy(path: Path) -> tuple[Policy, str | None]:
    """Read ``[policy]`` (field names of `Policy`) and ``[bank] name`` from a TOML file.

    Return the policy and the bank's name if the file gives one. SettingsError
    for an unreadable file, an unknown key, a wrong type or a value out of range.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        why = {FileNotFoundError: "ありません。", IsADirectoryError: "フォルダーです。"}
        raise SettingsError(
            path,
            "-",
            why.get(type(error), "読み取れません。") + "読めるファイルを指定してください。",
            f"{error.strerror or 'unreadable'}, expected a readable file",
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(
            path,
            "-",
            f"TOML（UTF-8）として読み取れません（{error}）。",
            f"{error}, expected TOML in UTF-8",
        ) from error
    return _Reader(path).document(document)


class _Reader:
    """Checks one file; knows its name for the messages."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def document(self, raw: dict[str, Any]) -> tuple[Policy, str | None]:
        self._known("", raw, {"policy", "bank"})
        bank = self._table("bank", raw.get("bank", {}))
        self._known("bank.", bank, {"name"})
        name = bank.get("name")
        if name is not None and (not isinstance(name, str) or not name.strip()):
            raise self._error("bank.name", name, "空でない文字列", "a non-empty string")
        return self.policy(self._table("policy", raw.get("policy", {}))), name

    def policy(self, raw: dict[str, Any]) -> Policy:
        hints = get_type_hints(Policy)
        self._known("policy.", raw, {f.name for f in fields(Policy)})
        values = {key: self._value(key, hints[key], found) for key, found in raw.items()}
        policy = Policy(**values)
        for low, high in (
            ("serial_min", "serial_max"),
            ("confirmation_min", "confirmation_max"),
            ("session_idle_minutes", "session_absolute_minutes"),
        ):
            if getattr(policy, low) > getattr(policy, high):
                at_most = getattr(policy, high)
                raise self._error(
                    f"policy.{low}",
                    getattr(policy, low),
                    f"{high}（{at_most}）以下",
                    f"at most {high} ({at_most})",
                )
        return policy

    def _value(self, key: str, hint: Any, found: Any) -> Any:  # noqa: ANN401 - raw TOML
        name = f"policy.{key}"
        if key == "windows":
            return self._windows(found)
        if key in ("lock_sources", "lock_classes"):
            member = hint.__args__[0]
            if not isinstance(found, list):
                choices = _choices(member)
                raise self._error(name, found, f"{choices} の配列", f"an array of {choices}")
            return frozenset(self._enum(name, member, item) for item in found)
        if key == "gate_time_zone":
            return self._zone(name, found)
        if hint is bool:
            if not isinstance(found, bool):
                raise self._error(name, found, "true または false", "true or false")
            return found
        if hint is int:
            return self._integer(name, found, _RANGES[key])
        return self._enum(name, hint, found)

    def _windows(self, found: Any) -> dict[OtpFunction, Window]:  # noqa: ANN401 - raw TOML
        windows = dict(Policy().windows)
        table = self._table("policy.windows", found)
        self._known("policy.windows.", table, {f.value for f in OtpFunction})
        for function, value in table.items():
            name = f"policy.windows.{function}"
            sides = self._table(name, value)
            self._known(f"{name}.", sides, {"backward", "forward"})
            checked = {
                side: self._integer(f"{name}.{side}", steps, _WINDOW_RANGE)
                for side, steps in sides.items()
            }
            windows[OtpFunction(function)] = Window(**checked)
        return windows

    def _zone(self, name: str, found: Any) -> str:  # noqa: ANN401 - raw TOML
        expected = "タイムゾーン名（例 Asia/Tokyo）", "a time zone name such as Asia/Tokyo"
        if not isinstance(found, str):
            raise self._error(name, found, *expected)
        try:
            ZoneInfo(found)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise self._error(name, found, *expected) from error
        return found

    def _integer(self, name: str, found: Any, allowed: tuple[int, int]) -> int:  # noqa: ANN401
        low, high = allowed
        if isinstance(found, bool) or not isinstance(found, int) or not low <= found <= high:
            raise self._error(
                name, found, f"{low}～{high} の整数", f"an integer from {low} to {high}"
            )
        return found

    def _enum(self, name: str, member: type[StrEnum], found: Any) -> StrEnum:  # noqa: ANN401
        try:
            return member(found)
        except ValueError as error:
            choices = _choices(member)
            raise self._error(name, found, f"{choices} のどれか", f"one of {choices}") from error

    def _table(self, name: str, found: Any) -> dict[str, Any]:  # noqa: ANN401 - raw TOML
        if not isinstance(found, dict):
            raise self._error(name, found, f"表 [{name}]", f"a table [{name}]")
        return found

    def _known(self, prefix: str, found: dict[str, Any], allowed: set[str]) -> None:
        for key in found:
            if key not in allowed:
                # The nearest name, else all: never the whole list beside the answer.
                near = get_close_matches(key, allowed, n=1)
                names = near[0] if near else ", ".join(sorted(allowed))
                raise SettingsError(
                    self._path,
                    f"{prefix}{key}",
                    f"知らないキーです。「{names}」のことですか。"
                    if near
                    else f"知らないキーです。使えるのは {names} です。",
                    f"unknown key, expected {names}",
                )

    def _error(
        self,
        key: str,
        found: Any,  # noqa: ANN401 - raw TOML
        japanese: str,
        english: str,
    ) -> SettingsError:
        return SettingsError(
            self._path,
            key,
            f"{found!r} は使えません。{japanese} にしてください。",
            f"found {found!r}, expected {english}",
        )


def _choices(member: type[StrEnum]) -> str:
    return " | ".join(item.value for item in member)
