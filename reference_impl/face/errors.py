"""Failures that end in a page of their own, always in plain Japanese."""

from dataclasses import dataclass


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
    """No live session. ``expired``: a cookie was sent, but its session has ended."""

    def __init__(self, *, expired: bool) -> None:
        super().__init__("login required")
        self.expired = expired


#: Title and text for errors that the framework raises, by HTTP status.
STANDARD: dict[int, tuple[str, str]] = {
    400: (
        "入力内容を受け付けられません",
        "送信された内容を読み取れませんでした。前の画面に戻り、もう一度操作してください。",
    ),
    403: ("この画面は表示できません", "この操作は許可されていません。"),
    404: (
        "ページが見つかりません",
        "アドレスが変更されたか、入力に誤りがあります。メニューから操作してください。",
    ),
    405: (
        "この操作は受け付けられません",
        "このアドレスでは受け付けていない操作です。メニューから操作してください。",
    ),
    413: (
        "送信された内容が大きすぎます",
        "受け付けられる大きさを超えています。内容を確認し、もう一度操作してください。",
    ),
    500: (
        "ただいまご利用いただけません",
        "申し訳ございません。システムに問題が発生しました。時間をおいてもう一度お試しください。",
    ),
}
