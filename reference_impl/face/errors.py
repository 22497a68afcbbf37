"""Failures that end in a page of their own, always in plain Japanese."""

import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Link:
    """A way onwards that a page offers."""

    href: str
    label: str


@dataclass(eq=False)
class ShownError(Exception):
    """A request that ends on an error page: status, title, text and a way onwards."""

    status: int
    title: str
    message: str
    link: Link | None = None


@dataclass(eq=False)
class LoginRequiredError(Exception):
    """No live session. ``site``: path of its pages; ``cookie``: that of its sessions."""

    site: str
    cookie: str


#: Title and text for errors that the framework raises, by HTTP status.
STANDARD: dict[str, tuple[str, str]] = tomllib.loads(
    Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
)
