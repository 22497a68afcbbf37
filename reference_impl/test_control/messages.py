"""Requests of the API, checked strictly: no unknown key, no guessed type."""

import base64
import binascii
import re
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

_RFC_3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,6})?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})?"
)


def _moment(raw: object) -> datetime:
    """Return the moment of an RFC 3339 text. pydantic alone also takes "2030" for seconds."""
    if not isinstance(raw, str) or not _RFC_3339.fullmatch(raw):
        raise PydanticCustomError("datetime_rfc3339", "not an RFC 3339 time")
    try:
        return datetime.fromisoformat(raw.upper())
    except ValueError as error:
        raise PydanticCustomError("datetime_rfc3339", "no such time") from error


class ApiError(Exception):
    """A refused request."""

    def __init__(self, status: int, code: str, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.field = field


Moment = Annotated[AwareDatetime, BeforeValidator(_moment)]
KindName = Literal["hardware", "software"]
StatusName = Literal["not_registered", "issued", "in_service", "suspended", "deactivated"]


class Message(BaseModel):
    """Base of all requests. Secrets are kept out of error texts."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)


class MoveClock(Message):
    """PUT /clock."""

    now: Moment


class NewToken(Message):
    """POST /tokens."""

    serial: str = Field(min_length=1, max_length=32)
    secret_base32: str = Field(pattern=r"^[A-Z2-7]{16,512}=*$", repr=False)
    kind: KindName
    expires_at: Moment
    reserved_for: str | None = Field(default=None, min_length=1, max_length=64)

    def secret(self) -> bytes:
        """Return the seed. ApiError if it is no Base32 (RFC 4648 section 6)."""
        text = self.secret_base32.rstrip("=")
        try:
            return base64.b32decode(text + "=" * (-len(text) % 8))
        except binascii.Error as error:
            raise ApiError(
                422, "invalid", "secret_base32：Base32 として読めません。", "secret_base32"
            ) from error


class NewCustomer(Message):
    """POST /customers."""

    status: StatusName
    kind: KindName
    token_serial: str | None = Field(default=None, min_length=1, max_length=32)
    login_id: str | None = Field(default=None, min_length=1, max_length=64)
    login_password: str | None = Field(default=None, min_length=1, max_length=128, repr=False)
    confirmation_password: str | None = Field(default=None, min_length=1, max_length=64, repr=False)
    name: str | None = Field(default=None, min_length=1, max_length=100)
    address: str | None = Field(default=None, min_length=1, max_length=200)


class Dispatch(Message):
    """POST /staff/dispatch."""

    login_id: str = Field(min_length=1, max_length=64)
    serial: str | None = Field(default=None, min_length=1, max_length=32)


class Unlock(Message):
    """POST /staff/unlock."""

    login_id: str = Field(min_length=1, max_length=64)
    circumstances: str = Field(min_length=1, max_length=1000)


class Revoke(Message):
    """POST /staff/revoke."""

    login_id: str = Field(min_length=1, max_length=64)
    reason: str = Field(min_length=1, max_length=1000)


class NewStaff(Message):
    """POST /staff/accounts."""

    staff_id: str = Field(min_length=1, max_length=64)
    password: str = Field(min_length=1, max_length=128, repr=False)
