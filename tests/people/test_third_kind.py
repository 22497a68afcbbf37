"""A request is altered where it names the kind, and nowhere taken for altered that is not."""

from __future__ import annotations

import pytest

from otp_conformance.agent.page import FormRequest
from otp_conformance.people.alterations import with_kind
from otp_conformance.verdict.outcome import NotApplicable

AT = "http://bank.example"


@pytest.mark.parametrize(
    ("request_sent", "altered"),
    [
        (
            FormRequest("POST", f"{AT}/forms/hard", (("ticket", "1"),)),
            FormRequest("POST", f"{AT}/forms/paper", (("ticket", "1"),)),
        ),
        (
            FormRequest("POST", f"{AT}/issue", (("kind", "hard"), ("note", "hard work"))),
            FormRequest("POST", f"{AT}/issue", (("kind", "paper"), ("note", "hard work"))),
        ),
    ],
)
def test_the_kind_is_replaced_where_it_stands(
    request_sent: FormRequest, altered: FormRequest
) -> None:
    assert with_kind(request_sent, "hard", "paper") == altered


def test_a_request_that_does_not_name_the_kind_is_no_attempt() -> None:
    with pytest.raises(NotApplicable, match="種類を表す値がありません"):
        with_kind(FormRequest("POST", f"{AT}/issue", (("ticket", "1"),)), "hard", "paper")
