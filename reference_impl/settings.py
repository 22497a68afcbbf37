"""Everything decided before the bank opens: the command line and the settings file (TOML)."""

import argparse
import ipaddress
import json
import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Any, NoReturn, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from reference_impl.clock import require_aware
from reference_impl.domain.policy import OtpFunction, Policy, Window

PRODUCT = "otp-conformance reference bank"
VERSION = "0.1.0"
#: Keys of the settings file, by table; the keys of [policy] are the fields of `Policy`.
_TABLES = ("bank", "logins", "passwords", "policy")


class SettingsError(Exception):
    """A command line or a file that cannot be followed; one line, Japanese / English.

    ``key``: the key of the file at fault, "-" for none of them.
    """

    def __init__(self, japanese: str, english: str, key: str = "-") -> None:
        super().__init__(f"{japanese} / {english}")
        self.key = key


class Profile(StrEnum):
    """How strict the bank is with itself; "test" allows cheap password hashing."""

    PRODUCTION = "production"
    TEST = "test"


class Checked(BaseModel):
    """What comes from outside: no unknown key, no guessed type, no value in error texts."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)


class Institution(Checked):
    """``[bank]``: what every page says about the bank. Nobody has this telephone number."""

    name: str = Field("みほん信用組合", pattern=r"\S")
    contact_desk: str = "お客さま相談窓口"
    contact_phone: str = "0120-000-000"
    contact_hours: str = "平日9時から17時まで"


class Logins(Checked):
    """``[logins]``: wrong passwords in a row until logins under that ID pause; 0: no limit.

    Apart from OTP failures and what is declared of them (LCK-19). Each further wrong
    one brings the next pause. NIST SP 800-63B-4 section 3.2.2 allows 100.
    """

    customer_failures: int = Field(20, ge=0, le=1000)
    staff_failures: int = Field(10, ge=0, le=1000)
    pause_minutes: int = Field(15, ge=1, le=1440)


class Costs(Checked):
    """``[passwords]``: costs of argon2id (RFC 9106's second choice unless given)."""

    time_cost: int = Field(3, ge=1, le=100)
    memory_kib: int = Field(65536, ge=8, le=4 * 1024 * 1024)
    parallelism: int = Field(4, ge=1, le=64)

    @property
    def cheap(self) -> bool:
        """Whether they are below every set of costs that OWASP advises."""
        return self.memory_kib < 7168 or self.memory_kib * self.time_cost < 5 * 7168


CHEAP = Costs(time_cost=1, memory_kib=8, parallelism=1)


class Settings(Checked):
    """All settings of one bank. Secrets are kept out of the repr."""

    host: str = "127.0.0.1"
    port: int = 8080  # 0: any free port
    behind_tls: bool = False
    database: str = "sqlite:///bank.sqlite3"
    profile: Profile = Profile.PRODUCTION
    demo: bool = False
    test_control: bool = False
    test_control_key: str = Field("", repr=False)
    frozen_at: AwareDatetime | None = None
    staff_id: str | None = None
    staff_password: str = Field("", repr=False)
    bank: Institution = Institution()
    logins: Logins = Logins()
    passwords: Costs | None = None  # by the profile
    policy: Policy = Policy()
    product: str = PRODUCT
    version: str = VERSION

    @property
    def costs(self) -> Costs:
        """The costs of password hashing in force."""
        return self.passwords or (CHEAP if self.profile is Profile.TEST else Costs())

    @field_validator("policy")
    @classmethod
    def _whole(cls, policy: Policy) -> Policy:
        """Complete the windows; refuse a zone that nobody knows and limits the wrong way round."""
        try:
            ZoneInfo(policy.gate_time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            wanted = "タイムゾーン名（例 Asia/Tokyo）", "a time zone name such as Asia/Tokyo"
            raise _wrong("gate_time_zone", policy, *wanted) from error
        for low, high in (
            ("serial_min", "serial_max"),
            ("confirmation_min", "confirmation_max"),
            ("session_idle_minutes", "session_absolute_minutes"),
        ):
            most = getattr(policy, high)
            if getattr(policy, low) > most:
                raise _wrong(low, policy, f"{high}（{most}）以下", f"at most {high} ({most})")
        return replace(policy, windows={**Policy().windows, **policy.windows})

    @model_validator(mode="after")
    def _strong_passwords(self) -> Self:
        if 0 < self.logins.customer_failures <= self.policy.lock_threshold:
            # Else wrong passwords would keep out as many as suspend, as if they were counted.
            least = self.policy.lock_threshold
            raise SettingsError(
                f"[logins] customer_failures は 0 か、lock_threshold（{least}）より大きくします。",
                f"[logins] customer_failures must be 0 or more than lock_threshold ({least})",
                "logins.customer_failures",
            )
        if self.profile is Profile.PRODUCTION and self.costs.cheap:
            raise SettingsError(
                "[passwords] の値が弱すぎます（弱い値は --profile test でだけ使えます）。",
                "[passwords] is too cheap; expected costs as OWASP advises, or --profile test",
                "passwords",
            )
        return self


def _wrong(key: str, policy: Policy, japanese: str, english: str) -> PydanticCustomError:
    about = {"key": key, "found": getattr(policy, key), "ja": japanese, "en": english}
    return PydanticCustomError("policy", "{en}", about)


def load(path: Path | None, given: Mapping[str, Any]) -> Settings:
    """Return the settings of a TOML file, if any, together with those given.

    SettingsError (file, key, found, expected) for an unreadable file, an unknown
    key, a wrong type or a value out of range.
    """
    document = {} if path is None else _read(path)
    for table in document:
        if table not in _TABLES:
            raise _in_file(path, table, *_unknown(table, _TABLES))
    try:
        # JSON, so that arrays and names become sets and enums; nothing else is converted.
        return Settings.model_validate_json(json.dumps({**document, **given}, default=str))
    except ValidationError as error:
        found = error.errors(include_url=False)[0]
        place = [part for part in found["loc"] if isinstance(part, str) and part != "[key]"]
        if found["type"] == "policy":
            place.append(found["ctx"]["key"])
        raise _in_file(path, ".".join(place), *_told(found, place)) from error


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        japanese = f"読み取れません（{why}）。読めるTOML（UTF-8）のファイルを指定してください。"
        english = f"{why}, expected a readable file of TOML in UTF-8"
        raise _in_file(path, "-", japanese, english) from error


def _in_file(path: Path | None, key: str, japanese: str, english: str) -> SettingsError:
    ja_key, en_key = ("", "") if key == "-" else (f" の {key}", f", key {key}")
    return SettingsError(
        f"設定ファイル {path}{ja_key}：{japanese}", f"settings file {path}{en_key}: {english}", key
    )


def _unknown(key: str, allowed: Sequence[str]) -> tuple[str, str]:
    """Offer the nearest name, else all: never the whole list beside the answer."""
    near = get_close_matches(key, allowed, n=1)
    names = near[0] if near else ", ".join(sorted(allowed))
    advice = f"「{names}」のことですか。" if near else f"使えるのは {names} です。"
    return f"知らないキーです。{advice}", f"unknown key, expected {names}"


def _told(found: ErrorDetails, place: Sequence[str]) -> tuple[str, str]:
    """Put pydantic's error into words: Japanese, English."""
    kind, context = found["type"], found.get("ctx", {})
    table = ".".join(place[:-1])
    if kind in ("extra_forbidden", "unexpected_keyword_argument") or "[key]" in found["loc"]:
        known: dict[str, Sequence[str]] = {
            "bank": list(Institution.model_fields),
            "logins": list(Logins.model_fields),
            "passwords": list(Costs.model_fields),
            "policy": [f.name for f in fields(Policy)],
            "policy.windows": [f.value for f in OtpFunction],
        }
        return _unknown(place[-1], known.get(table, [f.name for f in fields(Window)]))
    whole, value = ".".join(place), found["input"]
    least, most = context.get("ge"), context.get("le")
    choices = " | ".join(re.findall("'([^']*)'", str(context.get("expected", ""))))
    if kind == "policy":
        value, japanese, english = context["found"], context["ja"], context["en"]
    else:
        japanese, english = {
            "enum": (f"{choices} のどれか", f"one of {choices}"),
            "frozen_set_type": ("配列", "an array"),
            "bool_type": ("true または false", "true or false"),
            "int_type": ("整数", "an integer"),
            "greater_than_equal": (f"{least} 以上の整数", f"an integer of {least} or more"),
            "less_than_equal": (f"{most} 以下の整数", f"an integer of {most} or less"),
            "string_type": ("文字列", "a string"),
            "string_pattern_mismatch": ("空でない文字列", "a non-empty string"),
        }.get(kind, (f"表 [{whole}]", f"a table [{whole}]"))
    return (
        f"{value!r} は使えません。{japanese} にしてください。",
        f"found {value!r}, expected {english}",
    )


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise SettingsError("引数が正しくありません（--help で使い方を表示）。", message)


def parse(arguments: Sequence[str], environment: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings of a command line. Secrets come by environment. SettingsError."""
    found = vars(_parser().parse_args(arguments))
    path, key_env, password_env = (
        found.pop(name) for name in ("settings", "test_control_key_env", "staff_password_env")
    )
    if found["test_control"]:
        if key_env is None:
            raise SettingsError(
                "--test-control には --test-control-key-env が必要です。",
                "--test-control needs --test-control-key-env",
            )
        found["test_control_key"] = _from_environment(key_env, environment)
    if (found["staff_id"] is None) != (password_env is None):
        raise SettingsError(
            "--staff-id と --staff-password-env は一緒に指定してください。",
            "--staff-id and --staff-password-env go together",
        )
    if password_env is not None:
        found["staff_password"] = _from_environment(password_env, environment)
    if found["frozen_at"] is not None and not found["test_control"]:
        raise SettingsError(
            "--frozen-at は --test-control と一緒に使ってください。",
            "--frozen-at needs --test-control",
        )
    settings = load(None if path is None else Path(path), found)
    _refuse_exposure(settings)
    return settings


def _parser() -> argparse.ArgumentParser:
    default = Settings()
    parser = _Parser(
        prog="python -m reference_impl",
        description="参照実装の銀行を起動します。 / Start the reference bank.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("--version", action="version", version=f"{PRODUCT} {VERSION}")
    add("--host", default=default.host, help="待ち受けるアドレス / address to listen on")
    add("--port", type=_port, default=default.port, help="ポート（0：空き） / port (0: any free)")
    add("--behind-tls", action="store_true", help="TLSを解くプロキシの後ろ / behind a TLS proxy")
    add("--database", default=default.database, metavar="sqlite:///FILE")
    add("--settings", metavar="FILE.toml", help="方針の設定ファイル / policy file")
    add("--profile", choices=[p.value for p in Profile], default=default.profile.value)
    add("--demo", action="store_true", help="デモ用の口座を作る / make demo accounts")
    add("--test-control", action="store_true", help="試験制御APIを開く / open the test-control API")
    add("--test-control-key-env", metavar="NAME", help="鍵の環境変数名 / variable with its key")
    add("--frozen-at", type=_moment, metavar="RFC3339", help="時計を止める / freeze the clock")
    add("--staff-id", metavar="ID", help="職員IDを作る / make a staff account")
    add("--staff-password-env", metavar="NAME", help="そのパスワードの環境変数名 / its password")
    return parser


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"{text!r} is not a port (0 to 65535)")
    return int(text)


def _moment(text: str) -> str:
    try:
        return require_aware(datetime.fromisoformat(text)).isoformat()
    except ValueError as error:
        wanted = "a time with an offset, such as 2026-11-24T10:00:20+09:00"
        raise argparse.ArgumentTypeError(f"{text!r} is not {wanted}") from error


def _from_environment(name: str, environment: Mapping[str, str]) -> str:
    value = environment.get(name, "")
    if not value:
        raise SettingsError(
            f"環境変数 {name} が空か、設定されていません。",
            f"environment variable {name} is empty or not set",
        )
    return value


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address is this computer's loopback."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _refuse_exposure(settings: Settings) -> None:
    """Keep everything that weakens the bank off the network."""
    weak = {
        "--test-control": settings.test_control,
        "--demo": settings.demo,
        "--profile test": settings.profile is Profile.TEST,
    }
    for option, asked in weak.items():
        if asked and not is_loopback(settings.host):
            raise SettingsError(
                f"{option} はこのコンピューター内（127.0.0.1）でだけ使えます。",
                f"{option} works on loopback only, not on {settings.host}",
            )
