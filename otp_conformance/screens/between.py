"""Pages between two screens of the manual: notices, and confirmations of what was typed.

A customer reads such a page and goes on. The manual knows none of them, so that each has to be
declared (``login.interstitials``); here is what to declare.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from otp_conformance.agent.page import PageView
from otp_conformance.screens.propose import toml_text
from otp_conformance.text import normalise

_SPEAKS = re.compile("確認|お知らせ|ご案内|規約|前回|注意|まだ.{0,12}完了していません")
_DONE = re.compile("完了|受け?付け(?!ません)|ありがとう")
_BACK = re.compile("修正|訂正|戻|もど|やめ|中止|キャンセル|取り?消|ログアウト|表示|入力し直")
_GOES_ON = re.compile(
    "次|進|続|実行|確定|送信|申し?込|登録|解除|開始|発行|同意|確認|了解|OK|閉じ|トップ|メニュー",
    re.IGNORECASE,
)


def proposal(view: PageView, standing: Collection[str]) -> str:
    """Return the line under ``[login]`` that declares a page in between, empty for another page.

    ``standing``: what the bank has on its other pages, too, normalised. The page says that it
    tells or asks something, and there is a button that goes on and that no other page has.
    """
    lines = [line for line in view.title_lines if not re.search(r"\d|。$", line)]
    own = [text for text in (*view.headings, view.document_title, *lines) if text]
    titles = [text for text in own if normalise(text) not in standing]
    # Every page may have a column of that name: the button alone tells this one.
    titles = titles or [text for text in view.headings if _SPEAKS.search(text)]
    names = [a.name for a in view.actions if a.enabled and normalise(a.name) not in standing]
    ways = [name for name in names if _GOES_ON.search(name) and not _BACK.search(name)]
    if not (titles and ways) or _DONE.search(titles[0]):
        return ""
    corrects = any(re.search("修正|訂正", name) for name in names)
    if not (corrects or _SPEAKS.search(titles[0]) or _SPEAKS.search(view.text)):
        return ""
    title, press = toml_text(titles[0]), toml_text(ways[0])
    return f"interstitials = [{{ title = [{title}], press = [{press}] }}]"
