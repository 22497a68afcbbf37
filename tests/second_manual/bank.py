"""``python bank.py NAME -- ARGUMENTS``: the reference bank as the second manual has it.

Its pages are rewritten on their way; its code is not. The arguments are those of
``python -m reference_impl``. ``whole`` is as the manual says, ``unreachable`` names nobody to call.
"""

from __future__ import annotations

import re
import sys
from functools import partial

from workshop.variants.wsgi import put_around, rewriting, serve

WORDS = (
    ("ワンタイムパスワード申請内容選択", "ワンタイム認証のお手続き"),
    ("ハードウェアトークンからソフトウェアトークンへは切替できません。", ""),
    ("トークンを発行する", "申し込む"),
    (r"(?<!ウェア)トークン発行", "カードのお申込み"),
    ("シリアル番号", "トークン番号"),
    ("利用開始する", "登録する"),
    ("確認用パスワード", "お取引パスワード"),
    ("登録状況", "ご利用状況"),
    ("未登録", "お申込みなし"),
    ("BOP001", "TKA101"),
    ("BOK511", "TKA301"),
)
CONTACT = "<dl><dt>お問い合わせ先</dt><dd>0120-000-000</dd></dl>"


def reworded(page: str, *, contact: str) -> str:
    """Return a page in the second manual's words, with somebody to call."""
    for old, new in WORDS:
        page = re.sub(old, new, page)
    return page.replace("</main>", f"{contact}</main>")


BANKS = {
    "whole": CONTACT,
    "unreachable": CONTACT.replace("0120-000-000", ""),
}

if __name__ == "__main__":
    known = {
        name: partial(put_around, rewriting(partial(reworded, contact=contact)))
        for name, contact in BANKS.items()
    }
    sys.exit(serve("bank", known, sys.argv[1:]))
