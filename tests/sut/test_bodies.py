"""Bodies of scripts' requests: read, altered, written."""

from __future__ import annotations

import json

import pytest

from otp_conformance.agent.browser.held import read_body, write_body
from otp_conformance.agent.page import FormRequest, ScriptPart


def _request(content_type: str, body: str) -> FormRequest:
    found = read_body(content_type, body)
    assert found is not None
    fields, literal = found
    part = ScriptPart(1, content_type, literal=literal)
    return FormRequest("POST", "http://127.0.0.1/api", fields, part)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"id": "c1", "otp": "01234567"},
        {"kind": "漢字", "count": 3, "save": True, "more": {"a": [1, None]}, "none": None},
    ],
)
def test_json_comes_out_as_it_went_in(body: dict[str, object]) -> None:
    request = _request("application/json; charset=utf-8", json.dumps(body))
    assert json.loads(write_body(request)) == body


def test_a_text_that_looks_like_a_number_stays_a_text() -> None:
    request = _request("application/json", '{"otp": "123", "n": 123}')
    assert write_body(request.with_value("otp", "456")) == '{"n":123,"otp":"456"}'


def test_a_parameter_twice_and_none() -> None:
    request = _request("application/vnd.bank+json", '{"otp": "1", "id": "c"}')
    twice = FormRequest("POST", "", (*request.fields, ("otp", "2")), request.script)
    assert write_body(twice) == '{"otp":"1","id":"c","otp":"2"}'
    assert write_body(request.without("otp")) == '{"id":"c"}'


def test_form_fields() -> None:
    request = _request("application/x-www-form-urlencoded;charset=UTF-8", "a=1&b=%E3%81%82&c=")
    assert request.fields == (("a", "1"), ("b", "あ"), ("c", ""))
    assert write_body(request) == "a=1&b=%E3%81%82&c="


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data; boundary=x", "--x"),
        ("application/json", "[1]"),
        ("application/json", "{"),
        ("text/plain", "a"),
    ],
)
def test_bodies_without_names(content_type: str, body: str) -> None:
    assert read_body(content_type, body) is None


def test_no_body_at_all() -> None:
    assert read_body("", "") == ((), frozenset())
