"""Letters of pages, read as browsers read them."""

from __future__ import annotations

import pytest

from otp_conformance.encoding import codec_of, read


@pytest.mark.parametrize("name", ["Shift_JIS", "x-sjis", "Windows-31J", "cp932"])
def test_shift_jis_holds_windows_letters(name: str) -> None:
    assert read("①～髙㈱ア".encode("cp932"), name) == "①～髙㈱ア"
    assert "髙".encode(codec_of(name))


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"\xa4\xa2\xad\xa1A", "あ①A"),  # row 13 is NEC's, which Python's euc_jp lacks
        (b"\xad\xea\xb0\xa1", "㈱亜"),
        (b"\xad\xb6", "Ⅱ"),
        (b"\xa4\xa2\xad", "あ\ufffd"),
        (b"\xffA", "\ufffdA"),
    ],
)
def test_euc_jp_holds_windows_letters(content: bytes, text: str) -> None:
    assert read(content, "EUC-JP") == text


def test_what_cannot_be_read_is_marked() -> None:
    assert read(b"a\xff", "utf-8") == "a\ufffd"
    with pytest.raises(LookupError):
        read(b"a", "no-such-code")
