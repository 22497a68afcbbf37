"""Settings files, the command line, keys: one clear error each."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from reference_impl.clock import SteeredClock, system_clock
from reference_impl.domain.policy import FailureClass, Gate, OtpFunction, Policy, Window
from reference_impl.service import control
from reference_impl.service.bank import build_bank
from reference_impl.settings import Costs, Profile, Settings, SettingsError, load, parse
from reference_impl.store.secrets import LONGEST_PASSWORD, Passwords, StoreError


def written(folder: Path, text: str) -> Path:
    path = folder / "bank.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_full_file(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        """
        [bank]
        name = "しけん信用組合"
        [policy]
        binding = "activation"
        gate = "both"
        lock_threshold = 3
        lock_sources = ["login"]
        lock_classes = ["wrong", "malformed"]
        trim_blanks = true
        gate_time_zone = "UTC"
        [policy.windows.login]
        backward = 2
        forward = 0
        """,
    )
    settings = load(path, {})
    assert settings.bank.name == "しけん信用組合"
    expected = replace(
        Policy(),
        binding="activation",
        gate=Gate.BOTH,
        lock_threshold=3,
        lock_sources=frozenset({OtpFunction.LOGIN}),
        lock_classes=frozenset({FailureClass.WRONG, FailureClass.MALFORMED}),
        trim_blanks=True,
        gate_time_zone="UTC",
        windows={**Policy().windows, OtpFunction.LOGIN: Window(2, 0)},
    )
    assert settings.policy == expected


def test_an_empty_file_is_the_default(tmp_path: Path) -> None:
    assert load(written(tmp_path, ""), {}) == Settings()


@pytest.mark.parametrize(
    ("text", "key", "expected"),
    [
        ("[policy", "-", "TOML"),
        ("x = 1", "x", "bank, logins, passwords, policy"),
        ("policy = 1", "policy", "[policy]"),
        ("[policy]\nlock_treshold = 5", "policy.lock_treshold", "lock_threshold"),
        ("[policy]\nlock_threshold = 0", "policy.lock_threshold", "1"),
        ("[policy]\nlock_threshold = 101", "policy.lock_threshold", "100"),
        ("[policy]\nlock_threshold = true", "policy.lock_threshold", "integer"),
        ("[policy]\nlock_threshold = '5'", "policy.lock_threshold", "integer"),
        ("[policy]\notp_digits = 5", "policy.otp_digits", "6"),
        ("[policy]\ntrim_blanks = 1", "policy.trim_blanks", "true or false"),
        ("[policy]\ngate = 'never'", "policy.gate", "issue | activation | both | none"),
        ("[policy]\ngate = 3", "policy.gate", "issue"),
        ("[policy]\nlock_sources = 'login'", "policy.lock_sources", "array"),
        ("[policy]\nlock_sources = ['mobile']", "policy.lock_sources", "deactivation"),
        ("[policy]\nlock_sources = [[]]", "policy.lock_sources", "deactivation"),
        ("[policy]\ngate_time_zone = 'Tokyo'", "policy.gate_time_zone", "Asia/Tokyo"),
        ("[policy]\ngate_time_zone = '../x'", "policy.gate_time_zone", "Asia/Tokyo"),
        ("[policy]\nserial_min = 13", "policy.serial_min", "serial_max"),
        ("[policy]\nsession_idle_minutes = 600", "policy.session_idle_minutes", "480"),
        ("[policy]\nwindows = 1", "policy.windows", "[policy.windows]"),
        ("[policy.windows.web]\nforward = 1", "policy.windows.web", "login"),
        ("[policy.windows.login]\nback = 1", "policy.windows.login.back", "backward"),
        ("[policy.windows.login]\nforward = -1", "policy.windows.login.forward", "0"),
        ("[bank]\nname = ''", "bank.name", "non-empty"),
        ("[logins]\nstaff_failures = -1", "logins.staff_failures", "0"),
        ("[logins]\npause = 1", "logins.pause", "pause_minutes"),
    ],
)
def test_errors_name_file_key_found_and_expected(
    tmp_path: Path, text: str, key: str, expected: str
) -> None:
    path = written(tmp_path, text)
    with pytest.raises(SettingsError) as caught:
        load(path, {})
    message = str(caught.value)
    assert caught.value.key == key
    assert str(path) in message
    assert expected in message
    assert "expected" in message


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"nothing\.toml"):
        load(tmp_path / "nothing.toml", {})


ENVIRONMENT = {"KEY": "made-up-key", "EMPTY": "", "PASSWORD": "made-up-password"}


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ("--port x", "not a port"),
        ("--port 65536", "not a port"),
        ("--nonsense", "unrecognized"),
        ("--test-control", "--test-control-key-env"),
        ("--test-control --test-control-key-env MISSING", "MISSING"),
        ("--test-control --test-control-key-env EMPTY", "EMPTY"),
        ("--test-control --test-control-key-env KEY --host 0.0.0.0", "loopback"),
        ("--demo --host 192.0.2.1", "loopback"),
        ("--profile test --host bank.example", "loopback"),
        ("--profile fast", "invalid choice"),
        ("--frozen-at 2026-11-24T10:00:20+09:00", "--test-control"),
        ("--test-control --test-control-key-env KEY --frozen-at 2026-11-24T10:00:20", "offset"),
        ("--test-control --test-control-key-env KEY --frozen-at noon", "offset"),
        ("--staff-id staff01", "--staff-password-env"),
        ("--staff-password-env PASSWORD", "--staff-id"),
        ("--staff-id staff01 --staff-password-env EMPTY", "EMPTY"),
    ],
)
def test_command_lines_that_cannot_be_followed(arguments: str, why: str) -> None:
    with pytest.raises(SettingsError, match=" / ") as caught:
        parse(arguments.split(), ENVIRONMENT)
    assert why in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_full_command_line(tmp_path: Path) -> None:
    path = written(tmp_path, "[policy]\nlock_threshold = 3\n[bank]\nname = 'しけん信用組合'")
    settings = parse(
        [
            *("--port", "0", "--host", "::1", "--database", "sqlite:///x", "--profile", "test"),
            *("--test-control", "--test-control-key-env", "KEY", "--settings", str(path)),
            *("--frozen-at", "2026-11-24T10:00:20+09:00"),
            *("--staff-id", "staff01", "--staff-password-env", "PASSWORD", "--demo"),
        ],
        ENVIRONMENT,
    )
    assert (settings.port, settings.host, settings.database) == (0, "::1", "sqlite:///x")
    assert (settings.profile, settings.demo, settings.test_control) == (Profile.TEST, True, True)
    assert (settings.policy.lock_threshold, settings.bank.name) == (3, "しけん信用組合")
    assert settings.frozen_at == datetime.fromisoformat("2026-11-24T01:00:20+00:00")
    assert settings.test_control_key == "made-up-key"
    assert (settings.staff_id, settings.staff_password) == ("staff01", "made-up-password")
    assert "made-up" not in repr(settings)


def test_the_plain_bank_is_persistent_and_strict() -> None:
    settings = parse([], {})
    assert settings.database == "sqlite:///bank.sqlite3"
    assert settings.profile is Profile.PRODUCTION
    assert not settings.test_control


def test_the_policy_of_a_file_in_a_naive_clock_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="offset"):
        SteeredClock(datetime(2026, 11, 24, 10))  # noqa: DTZ001
    settings = Settings(database=f"sqlite:///{tmp_path}/b.sqlite3", profile=Profile.TEST)
    bank = build_bank(settings, lambda: datetime(2026, 11, 24, 10))  # noqa: DTZ001
    with pytest.raises(ValueError, match="offset"):
        control.add_staff(bank, "staff01", "made-up-password")


class TestKeys:
    def settings(self, folder: Path, profile: Profile = Profile.TEST) -> Settings:
        return Settings(database=f"sqlite:///{folder}/b.sqlite3", profile=profile)

    def test_a_key_file_for_the_owner_only(self, tmp_path: Path) -> None:
        build_bank(self.settings(tmp_path), system_clock)
        key = tmp_path / "b.sqlite3.key"
        assert key.stat().st_mode & 0o777 == 0o600
        assert not list(tmp_path.glob("*.tmp"))
        build_bank(self.settings(tmp_path), system_clock)
        key.chmod(0o644)
        with pytest.raises(StoreError, match="chmod 600"):
            build_bank(self.settings(tmp_path), system_clock)

    def test_another_key_is_noticed_at_the_start(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first = build_bank(self.settings(tmp_path), system_clock)
        again = build_bank(self.settings(tmp_path), system_clock)
        assert first.store.seal.digest("x") == again.store.seal.digest("x")
        monkeypatch.setenv("OTP_BANK_KEY", "A" * 43 + "=")
        with pytest.raises(StoreError, match="OTP_BANK_KEY"):
            build_bank(self.settings(tmp_path), system_clock)
        monkeypatch.setenv("OTP_BANK_KEY", "not a key")
        with pytest.raises(StoreError, match="Fernet"):
            build_bank(self.settings(tmp_path), system_clock)
        monkeypatch.delenv("OTP_BANK_KEY")
        (tmp_path / "b.sqlite3.key").write_text("garbage", encoding="ascii")
        with pytest.raises(StoreError, match="holds no key"):
            build_bank(self.settings(tmp_path), system_clock)

    def test_a_test_database_never_opens_in_production(self, tmp_path: Path) -> None:
        build_bank(self.settings(tmp_path), system_clock)
        with pytest.raises(StoreError, match="--profile test"):
            build_bank(self.settings(tmp_path, Profile.PRODUCTION), system_clock)

    @pytest.mark.parametrize(
        ("url", "why"),
        [
            ("nonsense", "sqlite:///FILE"),
            ("mysql://x/y", "not supported"),
            ("sqlite://", "name a file"),
            ("sqlite:///:memory:", "name a file"),
            ("sqlite:////nowhere/at/all/b.sqlite3", "key file"),
        ],
    )
    def test_databases_that_cannot_be_opened(self, url: str, why: str) -> None:
        with pytest.raises(StoreError, match=why) as caught:
            build_bank(Settings(database=url, profile=Profile.TEST), system_clock)
        assert "\n" not in str(caught.value)


def test_cheap_passwords_are_for_tests_only(tmp_path: Path) -> None:
    path = written(tmp_path, "[passwords]\nmemory_kib = 1024\ntime_cost = 2\nparallelism = 1")
    with pytest.raises(SettingsError, match="too cheap"):
        parse(["--settings", str(path)], {})
    tested = parse(["--settings", str(path), "--profile", "test"], {})
    assert tested.costs == Costs(time_cost=2, memory_kib=1024, parallelism=1)
    for time_cost, memory_kib in ((2, 19456), (1, 47104), (5, 7168)):  # as OWASP advises
        assert not Costs(time_cost=time_cost, memory_kib=memory_kib, parallelism=1).cheap


def test_passwords_in_production_are_expensive_argon2id() -> None:
    encoded = Passwords(**vars(Settings().costs)).hash("made-up-password")
    scheme, _version, costs = encoded.split("$")[1:4]
    found = dict(part.split("=") for part in costs.split(","))
    assert scheme == "argon2id"
    assert int(found["m"]) >= 19 * 1024  # OWASP minimum, KiB
    assert int(found["t"]) >= 2


def test_passwords_are_compared_exactly_and_have_a_greatest_length() -> None:
    passwords = Passwords(1, 8, 1)
    longest = "a" * LONGEST_PASSWORD
    encoded = passwords.hash(longest)
    assert passwords.verify(encoded, longest)
    assert not passwords.verify(encoded, longest + "a")
    assert not passwords.verify(encoded, "")
    assert not passwords.verify(None, longest)
