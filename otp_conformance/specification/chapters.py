"""From a feature folder's name to the manual's chapter, in the reader's words."""

from __future__ import annotations

from pathlib import PurePosixPath

CHAPTERS: dict[str, str] = {
    "00_start": "利用開始までの手続き",
    "01_issue": "トークン発行",
    "02_shipping": "送付",
    "03_activation": "利用開始登録",
    "04_login": "ログイン",
    "05_suspension": "認証の停止と解除",
    "06_deactivation": "利用解除",
    "07_reissue": "再発行",
    "08_switching": "切替",
    "09_screens": "画面表示",
    "10_otp": "ワンタイムパスワード",
}


def chapter_of(uri: str) -> str:
    """Return the chapter of a feature file by its folder.

    ``uri`` is relative to the bundle's root, with slashes
    (``features/04_login/login.feature``). An unknown folder keeps its name.
    """
    parts = PurePosixPath(uri).parts
    folder = parts[1] if len(parts) > 2 else parts[0]
    return CHAPTERS.get(folder, folder)
