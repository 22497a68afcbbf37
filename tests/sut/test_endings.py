"""A page is cut where others of its site end and it does not."""

import pytest

from otp_conformance.agent.endings import Endings

HEAD = b"<!doctype html><HTML lang=ja><title>x</title><p>"


@pytest.mark.parametrize(
    ("met", "page", "cut"),
    [
        ([HEAD + b"</BODY></HTML >"], HEAD, True),
        ([HEAD + b"</html>"], HEAD + b"</body>", False),
        ([HEAD], HEAD, False),  # this site leaves it out
        ([HEAD, HEAD + b"</html>"], HEAD, True),  # the first one that was met was cut
        ([HEAD + b"</html>", HEAD], HEAD, True),  # what was learned stays
        ([HEAD + b"</html>"], b"<title>x</title><p>", False),  # HTML needs neither
        ([HEAD + b"</html>"], b"", False),  # nobody knows
        ([], HEAD, False),
    ],
)
def test_only_where_pages_end_one_lacks_its_end(
    met: list[bytes], page: bytes, *, cut: bool
) -> None:
    endings = Endings()
    for each in met:
        endings.learn(lambda each=each: each)
    assert endings.lacks(lambda: page) is cut


def test_once_learned_no_page_is_asked_for() -> None:
    endings = Endings()
    endings.learn(lambda: b"</html>")
    endings.learn(lambda: pytest.fail("asked again"))
