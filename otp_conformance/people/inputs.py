"""Serial numbers and confirmation passwords as the features describe them."""

from __future__ import annotations

from collections.abc import Callable

from otp_conformance.assets.port import Account
from otp_conformance.people.codes import ARABIC_INDIC, KANJI, full_width, written_in


def _one_digit_off(serial: str) -> str:
    return serial[:-1] + str((int(serial[-1]) + 1) % 10)


def _swapped(serial: str) -> str:
    for i in range(len(serial) - 1, 0, -1):
        if serial[i] != serial[i - 1]:
            return serial[: i - 1] + serial[i] + serial[i - 1] + serial[i + 1 :]
    return _one_digit_off(serial)


# What is done to the serial of the token in the customer's hand.
SERIAL_SPOILERS: dict[str, Callable[[str], str]] = {
    "届いたトークンの": lambda s: s,
    "一桁だけ違う": _one_digit_off,
    "隣り合う桁の入れ替わった": _swapped,
    "先頭の一桁が欠けた": lambda s: s[1:],
    "どこにも存在しない": lambda s: "9" * len(s),
    "空の": lambda _: "",
    "空白だけの": lambda _: " " * 8,
    "全角の空白だけの": lambda _: "\u3000" * 8,
    "1桁の": lambda s: s[:1],
    "どこにも存在しない8桁の": lambda _: "9" * 8,
    "7桁の": lambda s: s[:7],
    "末尾に一桁多い": lambda s: s + "0",
    "英字の混じった": lambda s: s[:-1] + "A",
    "ハイフンの入った": lambda s: f"{s[:4]}-{s[4:]}",
    "途中に空白の入った": lambda s: f"{s[:4]} {s[4:]}",
    "先頭に空白の付いた": lambda s: f" {s}",
    "末尾に空白の付いた": lambda s: f"{s} ",
    "途中にタブの入った": lambda s: f"{s[:4]}\t{s[4:]}",
    "途中に改行の入った": lambda s: f"{s[:4]}\n{s[4:]}",
    "正の符号の付いた": lambda s: f"+{s}",
    "負の符号の付いた": lambda s: f"-{s}",
    "小数点の入った": lambda s: f"{s}.0",
    "桁区切りの入った": lambda s: f"{s[:3]},{s[3:]}",
    "アラビア文字の数字の": lambda s: written_in(s, ARABIC_INDIC),
    "漢数字の": lambda s: written_in(s, KANJI),
    "一桁だけ全角の": lambda s: s[:-1] + full_width(s[-1]),
    "スクリプトの書かれた": lambda _: "<script>",
    "引用符の入った": lambda s: f"{s}'",
    "255桁の": lambda s: (s * 64)[:255],
    "先頭に0を足した": lambda s: f"0{s}",
    "全角数字の": full_width,
}

# Serials of other tokens than the one in hand.
SERIAL_SOURCES: dict[str, str] = {
    "在庫のトークンの": "spare",
    "利用解除したトークンの": "retired",
    "はじめに利用解除したトークンの": "retired_first",
    "失効したトークンの": "retired",
    "別のお客さまの": "other_customer",
    "元のお客さまの利用解除したトークンの": "other_retired",
}


def full_width_text(value: str) -> str:
    """Return the same letters, digits and signs in full width (U+FF01 to U+FF5E)."""
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in value)


def _one_character_off(value: str) -> str:
    return value[:-1] + ("b" if value[-1] != "b" else "c")


OF_ANOTHER = "別のお客さまの"
SAME_AS_OTP = "ワンタイムパスワードと同じ"
CONFIRMATION_PHRASES: dict[str, Callable[[Account], str]] = {
    "正しい": lambda a: a.confirmation_password,
    "空の": lambda _: "",
    "一文字違いの": lambda a: _one_character_off(a.confirmation_password),
    "末尾に空白の付いた": lambda a: a.confirmation_password + " ",
    "大文字と小文字の入れ替わった": lambda a: a.confirmation_password.swapcase(),
    "末尾の一文字が欠けた": lambda a: a.confirmation_password[:-1],
    "末尾に一文字多い": lambda a: a.confirmation_password + "0",
    "全角文字の": lambda a: full_width_text(a.confirmation_password),
    "記号の混じった": lambda a: a.confirmation_password[:-1] + "!",
    "ログインパスワードと同じ": lambda a: a.login_password,
}
