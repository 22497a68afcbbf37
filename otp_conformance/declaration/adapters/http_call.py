"""One HTTP call that a vendor describes: to steer a clock, or to act as staff."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from otp_conformance.declaration.base import FilledText, SecretReference, Section, ix

_IX = "IX-12 IX-17 IX-26 IX-43"
_METHODS = "GET / POST / PUT / PATCH / DELETE"
_TYPES = "application/json / application/x-www-form-urlencoded / text/plain"


class HttpCall(Section):
    """A request with placeholders such as ``{login_id}``; each user of it names its own."""

    method: Annotated[
        Literal["GET", "POST", "PUT", "PATCH", "DELETE"],
        ix(_IX, f"HTTP のメソッド: {_METHODS}", f"HTTP method: {_METHODS}"),
    ] = "POST"
    url: Annotated[
        FilledText,
        ix(
            _IX,
            "アドレス。/ で始めると base_url から（{…} が置き換わる）",
            "Address; from base_url when it begins with /; {…} is filled in",
        ),
        Field(pattern=r"^(/|https?://)\S*$"),
    ]
    headers: Annotated[Mapping[str, str], ix(_IX, "ヘッダー", "Headers")] = {}
    secret_headers: Annotated[
        Mapping[str, SecretReference],
        ix(
            _IX,
            "秘密の値のヘッダー（値全体の参照。例 env:STAFF_AUTHORIZATION）",
            "Headers with a secret value: a reference to the whole value",
            secret=True,
        ),
    ] = {}
    body: Annotated[
        str,
        ix(
            _IX,
            "本文（{…} が JSON の文字列の中身として置き換わる）",
            "Body; {…} is filled in, escaped as the content type asks",
        ),
    ] = ""
    content_type: Annotated[
        Literal["application/json", "application/x-www-form-urlencoded", "text/plain"],
        ix(_IX, f"本文の種類: {_TYPES}", f"Content type of the body: {_TYPES}"),
    ] = "application/json"
