"""The command line of the bank: read, checked, and turned into settings."""

from __future__ import annotations

import argparse
import ipaddress
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import NoReturn

from reference_impl.domain.policy import Policy
from reference_impl.settings import PRODUCT, VERSION, Profile, Settings, load_policy


class UsageError(Exception):
    """The command line cannot be followed; one line, Japanese / English."""

    def __init__(self, japanese: str, english: str) -> None:
        super().__init__(f"{japanese} / {english}")


@dataclass(frozen=True)
class Options:
    """A checked command line. Secrets come by environment and stay out of the repr."""

    settings: Settings
    frozen_at: datetime | None = None
    staff_id: str | None = None
    staff_password: str = field(default="", repr=False)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError("引数が正しくありません（--help で使い方を表示）。", message)


def parse(arguments: Sequence[str], environment: Mapping[str, str] = os.environ) -> Options:
    """Return the options. UsageError or SettingsError, both of one line."""
    found = _parser().parse_args(arguments)
    policy, name = Policy(), None
    if found.settings is not None:
        policy, name = load_policy(Path(found.settings))
    default = Settings()
    settings = Settings(
        host=found.host,
        port=found.port,
        database=found.database,
        demo=found.demo,
        test_control=found.test_control,
        test_control_key=_key(found, environment),
        profile=Profile(found.profile),
        policy=policy,
        bank_name=name or default.bank_name,
    )
    _refuse_exposure(settings)
    return Options(
        settings=settings,
        frozen_at=_frozen_at(found.frozen_at, settings),
        staff_id=found.staff_id,
        staff_password=_staff_password(found, environment),
    )


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address is this computer's loopback."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


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
    add("--database", default=default.database, metavar="URL", help="SQLAlchemy URL")
    add("--settings", metavar="FILE.toml", help="方針の設定ファイル / policy file")
    add("--profile", choices=[p.value for p in Profile], default=default.profile.value)
    add("--demo", action="store_true", help="デモ用の口座を作る / make demo accounts")
    add("--test-control", action="store_true", help="試験制御APIを開く / open the test-control API")
    add("--test-control-key-env", metavar="NAME", help="鍵の環境変数名 / variable with its key")
    add("--frozen-at", metavar="RFC3339", help="時計をこの時刻で止める / freeze the clock")
    add("--staff-id", metavar="ID", help="職員IDを作る / make a staff account")
    add("--staff-password-env", metavar="NAME", help="そのパスワードの環境変数名 / its password")
    return parser


def _port(text: str) -> int:
    port = int(text) if text.isascii() and text.isdigit() else -1
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port (0 to 65535)")
    return port


def _key(found: argparse.Namespace, environment: Mapping[str, str]) -> str:
    name = found.test_control_key_env
    if not found.test_control:
        return ""
    if name is None:
        raise UsageError(
            "--test-control には --test-control-key-env が必要です。",
            "--test-control needs --test-control-key-env",
        )
    return _from_environment(name, environment)


def _staff_password(found: argparse.Namespace, environment: Mapping[str, str]) -> str:
    if (found.staff_id is None) != (found.staff_password_env is None):
        raise UsageError(
            "--staff-id と --staff-password-env は一緒に指定してください。",
            "--staff-id and --staff-password-env go together",
        )
    if found.staff_password_env is None:
        return ""
    return _from_environment(found.staff_password_env, environment)


def _from_environment(name: str, environment: Mapping[str, str]) -> str:
    value = environment.get(name, "")
    if not value:
        raise UsageError(
            f"環境変数 {name} が空か、設定されていません。",
            f"environment variable {name} is empty or not set",
        )
    return value


def _frozen_at(text: str | None, settings: Settings) -> datetime | None:
    if text is None:
        return None
    if not settings.test_control:
        raise UsageError(
            "--frozen-at は --test-control と一緒に使ってください。",
            "--frozen-at needs --test-control",
        )
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise UsageError(
            f"--frozen-at {text} は時差つきの時刻（例 2026-11-24T10:00:20+09:00）ではありません。",
            f"--frozen-at {text} is no time with an offset, such as 2026-11-24T10:00:20+09:00",
        )
    return moment


def _refuse_exposure(settings: Settings) -> None:
    """Keep everything that weakens the bank off the network."""
    if is_loopback(settings.host):
        return
    weak = {
        "--test-control": settings.test_control,
        "--demo": settings.demo,
        "--profile test": settings.profile is Profile.TEST,
    }
    for option, asked in weak.items():
        if asked:
            raise UsageError(
                f"{option} はこのコンピューター内（127.0.0.1）でだけ使えます。",
                f"{option} works on loopback only, not on {settings.host}",
            )
