"""Where the specification's files are: in a source checkout or in an installed wheel.

The wheel carries ``features``, ``steps`` and ``fixtures`` in
``otp_conformance/_bundle``; in a checkout they stand next to the package.
"""

from __future__ import annotations

from pathlib import Path

from otp_conformance.language import say

_PACKAGE = Path(__file__).resolve().parent
_PARTS = ("features", "steps", "fixtures")


class BundleMissingError(Exception):
    """The specification's files are neither in the package nor beside it."""


def find_root(package: Path) -> Path:
    """Return the directory that holds features/, steps/ and fixtures/.

    ``package`` is the directory of the installed or checked-out package.
    Raises `BundleMissingError`, naming the places that were looked at.
    """
    places = (package / "_bundle", package.parent)
    for place in places:
        if all((place / part).is_dir() for part in _PARTS):
            return place
    looked = ", ".join(str(place) for place in places)
    raise BundleMissingError(
        say(
            f"仕様ファイル（features・steps・fixtures）が見つかりません。探した場所: {looked}。"
            "パッケージを入れ直すか、リポジトリ全体を取得してください。",
            f"The specification's files (features, steps, fixtures) are missing. Looked in: "
            f"{looked}. Reinstall the package or check out the whole repository.",
        )
    )


def bundle_root() -> Path:
    """Return the directory that holds features/ and steps/. See `find_root`."""
    return find_root(_PACKAGE)


def features_dir() -> Path:
    """Return the folder of feature files, with the catalogue in requirements/."""
    return bundle_root() / "features"


def steps_dir() -> Path:
    """Return the folder of step modules."""
    return bundle_root() / "steps"


def fixtures_dir() -> Path:
    """Return the folder of declarations, token stock and other fixtures."""
    return bundle_root() / "fixtures"
