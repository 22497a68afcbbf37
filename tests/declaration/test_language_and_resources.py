"""Language of messages and the place of bundled files."""

from __future__ import annotations

from pathlib import Path

import pytest

from otp_conformance import resources
from otp_conformance.language import choose, current, say, set_language, speaking


@pytest.mark.parametrize(
    ("option", "environ", "expected"),
    [
        (None, {}, "ja"),
        (None, {"LANG": ""}, "ja"),
        (None, {"LANG": "C.UTF-8"}, "ja"),
        (None, {"LC_ALL": "POSIX", "LANG": "en_US.UTF-8"}, "ja"),
        (None, {"LANG": "ja_JP.UTF-8"}, "ja"),
        (None, {"LANG": "en_GB.UTF-8"}, "en"),
        (None, {"LANG": "de_DE@euro"}, "en"),
        (None, {"LC_MESSAGES": "en_US", "LANG": "ja_JP"}, "en"),
        (None, {"OTP_CONFORMANCE_LANG": "ja", "LC_ALL": "en_US"}, "ja"),
        ("en", {"OTP_CONFORMANCE_LANG": "ja"}, "en"),
        ("ja", {"LANG": "en_US"}, "ja"),
    ],
)
def test_choice_of_language(option: str | None, environ: dict[str, str], expected: str) -> None:
    assert choose(option, environ) == expected


def test_say_speaks_the_current_language() -> None:
    assert say("はい", "yes") == "はい"
    with speaking("en"):
        assert say("はい", "yes") == "yes"
        set_language("ja")
        assert say("はい", "yes") == "はい"
    assert current() == "ja"


def _parts(place: Path) -> None:
    for part in ("features", "steps", "fixtures"):
        (place / part).mkdir(parents=True)


def test_files_of_a_checkout_are_found() -> None:
    root = resources.bundle_root()
    assert resources.features_dir() == root / "features"
    assert resources.steps_dir() == root / "steps"
    assert (resources.fixtures_dir() / "declarations" / "reference.toml").is_file()


def test_files_of_a_wheel_come_first(tmp_path: Path) -> None:
    package = tmp_path / "otp_conformance"
    _parts(tmp_path)
    assert resources.find_root(package) == tmp_path
    _parts(package / "_bundle")
    assert resources.find_root(package) == package / "_bundle"


def test_missing_files_are_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(resources.BundleMissingError, match="見つかりません") as caught:
        resources.find_root(tmp_path / "otp_conformance")
    assert str(tmp_path) in str(caught.value)
    with speaking("en"), pytest.raises(resources.BundleMissingError, match="Reinstall"):
        resources.find_root(tmp_path / "otp_conformance")
