"""Failures that end in a page of their own, always in plain Japanese."""

import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Link:
    """A way onwards that a page offers."""

    href: str
    label: str


class ShownError(Exception):
    """A request that ends on an error page: status, title, text and a way onwards."""

    def __init__(self, status: int, title: str, message: str, link: Link | None = None) -> None:
        super().__init__(title)
        self.status = status
        self.title = title
        self.message = message
        self.link = link


class BadFormError(ShownError):
    """A form that no page of this bank sends (parameter twice, control characters)."""

    def __init__(self, message: str) -> None:
        super().__init__(400, "入力内容を受け付けられません", message)


class ForgedFormError(ShownError):
    """A form without this session's CSRF token (ASVS 3.5.1)."""

    def __init__(self) -> None:
        super().__init__(
            403,
            "お手続きを受け付けられません",
            "画面の有効期限が切れているか、正しい画面から送信されていません。"
            "お手数ですが、はじめの画面からもう一度操作してください。",
        )


class LoginRequiredError(Exception):
    """No live session. ``site``: path of its pages; ``cookie``: that of its sessions."""

    def __init__(self, site: str, cookie: str) -> None:
        super().__init__("login required")
        self.site = site
        self.cookie = cookie


#: Title and text for errors that the framework raises, by HTTP status.
STANDARD: dict[str, tuple[str, str]] = tomllib.loads(
    Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
)
