"""The five ports. A deployment is anything that these can be put in front of.

Every adapter raises `EnvironmentTrouble` when the other side cannot be
reached or answers with a server error, and `DeclarationMismatch` when the
declaration names something that is not there.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from otp_conformance.sut.page import Control, FormRequest, PageView
from otp_conformance.sut.reconnecting import Reconnecting
from otp_conformance.sut.spending import Spending


class Kind(StrEnum):
    """The two kinds of token (CON-09)."""

    HARDWARE = "hardware"
    SOFTWARE = "software"


class Status(StrEnum):
    """State to bring a new customer into (state machine 3.1)."""

    NOT_REGISTERED = "not_registered"  # R0  未登録
    ISSUED = "issued"  # R1  トークン発行済
    IN_SERVICE = "in_service"  # R2  サービス利用中
    SUSPENDED = "suspended"  # R3
    DEACTIVATED = "deactivated"  # R0' 未登録, retired token behind it


class UserAgent(Protocol):
    """One browser-like client of one person, with its own cookies."""

    @property
    def is_browser(self) -> bool:
        """Whether scripts run and pixels exist."""

    def open(self, address: str) -> None:
        """Go to an absolute address and wait until the page has settled."""

    def view(self) -> PageView:
        """Return what is on the page now."""

    def has(self, control: Control) -> bool:
        """Tell whether the control is on the page, enabled or not. Never waits."""

    def fill(self, control: Control, value: str) -> None:
        """Replace a field's value as typing would (maxlength applies)."""

    def press(self, control: Control) -> None:
        """Press a button or link and wait until the page has settled.

        A form that the browser's own check of the fields (required, pattern …) would
        stop is sent all the same: the refusal to be seen is the server's. The view then
        has the browser's message among its alerts, as a person would have been told.
        """

    def press_twice(self, control: Control) -> None:
        """Double-click a button."""

    def type_by_clicks(self, field: Control, opener: Control, value: str) -> None:
        """Open an on-screen keyboard for a field and click the value in."""

    def form_request(self, button: Control) -> FormRequest:
        """Return the request that pressing the button would send now."""

    def field_name(self, control: Control) -> str:
        """Return the parameter name under which a field is sent."""

    def send(self, request: FormRequest) -> None:
        """Send a kept or altered request as this person, show the answer."""

    def sending(self, request: FormRequest, *, at: float) -> AbstractContextManager[None]:
        """Have a request sent at a moment of this machine's clock (s since 1970).

        Several agents' requests for one moment are truly under way together;
        on leaving, the answer is there and shown.
        """

    def back(self) -> None:
        """Browser back."""

    def reload(self) -> None:
        """Reload, re-sending a form where the page was the answer to one."""

    def forget_cookies(self) -> None:
        """Drop all cookies, as a new device would have none."""

    def screenshot(self, marked: Sequence[Control] = ()) -> bytes | None:
        """JPEG or PNG of the page with every input masked; None without pixels.

        ``marked``: controls to draw a frame around (the page keeps it).
        """

    def close(self) -> None:
        """End the client. Idempotent."""


class UserAgents(Protocol):
    """Makes user agents; one browser behind all of them."""

    def new(self) -> UserAgent:
        """Return a fresh client without cookies."""

    def close(self) -> None:
        """End everything. Idempotent."""


class Clock(Protocol):
    """The time at the system under test."""

    @property
    def steerable(self) -> bool:
        """Whether `move_to` works at once; otherwise it waits in real time."""

    @property
    def reversible(self) -> bool:
        """Whether `move_to` goes back, too."""

    @property
    def guard_seconds(self) -> int:
        """How near to a step's edge no code is used; 0: time stands still meanwhile."""

    def now(self) -> datetime:
        """Return the SUT's time, aware, in Asia/Tokyo."""

    def move_to(self, moment: datetime) -> None:
        """Bring the SUT's time to an aware moment.

        Raises `NotRun` for one that this clock cannot go to, `NotYet` for one
        too far ahead to be waited for.
        """

    def recheck(self) -> None:
        """Make sure that `now` was right so far; raises `EnvironmentTrouble` if not."""


@dataclass(frozen=True)
class TokenAsset:
    """A token for tests: what is printed on its back."""

    serial: str
    kind: Kind
    expires_at: datetime


class TokenDevice(Protocol):
    """One token in somebody's hand."""

    @property
    def asset(self) -> TokenAsset:
        """What is printed on the token."""

    @property
    def foresees(self) -> bool:
        """Whether `code_at` knows the codes of every moment.

        Without, a device gives the code of the moment at which it is asked, and
        earlier ones only where it has been read before (command, a person reading).
        """

    def code_at(self, moment: datetime) -> str:
        """Return the code shown at an aware moment (a secret: never log it).

        Raises `NotRun` for a moment that a device without foresight cannot know.
        """


@dataclass(frozen=True)
class Account:
    """A customer's credentials."""

    login_id: str
    login_password: str = field(repr=False)
    confirmation_password: str = field(repr=False)
    name: str = ""
    address: str = ""


@dataclass(frozen=True)
class Provisioned:
    """A customer brought into a state, with the token of that state if any.

    ``token``: the active, suspended, allotted or (for DEACTIVATED) retired one.
    ``last_used``: aware moment of the newest time step that may have been used
    on it; None where nobody knows of any.
    """

    account: Account
    token: TokenDevice | None = None
    last_used: datetime | None = None


class Provisioner(Protocol):
    """Supplies customers and tokens that no earlier scenario has touched."""

    def customer(
        self,
        status: Status,
        kind: Kind = Kind.HARDWARE,
        *,
        serial_length: int | None = None,
        serial_prefix: str = "",
        confirmation_password: str | None = None,
    ) -> Provisioned:
        """Return a fresh customer in the given state.

        An ISSUED hardware customer has a token dispatched (in hand, not activated).
        ``serial_length``: digits of the serial of that state's token (None: any),
        which begins with ``serial_prefix``. ``confirmation_password``: None for
        any; a prepared customer has one of the same length instead.
        """

    def token(
        self,
        kind: Kind = Kind.HARDWARE,
        *,
        serial_length: int | None = None,
        to_send: bool = True,
    ) -> TokenDevice:
        """Return a fresh token, allotted to nobody; in stock where it is ``to_send``."""

    def reserve_software_token(self, login_id: str) -> TokenDevice:
        """Return the software token that this customer's next application will be given."""

    def device(self, serial: str) -> TokenDevice:
        """Return the device with this serial, known from an earlier call."""

    def outbox(self, login_id: str) -> tuple[str, ...]:
        """Return subjects of the notices sent to a customer, oldest first."""


@dataclass(frozen=True)
class Order:
    """A staff-side order for a token."""

    login_id: str
    kind: Kind
    ship_to: str
    status: str
    serial: str | None
    cancelled: bool = False


class StaffDesk(Protocol):
    """The credit union's staff."""

    def orders(self, login_id: str) -> tuple[Order, ...]:
        """Return a customer's orders, oldest first."""

    def dispatch(self, login_id: str, serial: str | None = None) -> str:
        """Allot a token to the customer's open order, send it, return its serial."""

    def unlock(self, login_id: str, circumstances: str) -> None:
        """Lift a suspension after noting the circumstances (LCK-10, LCK-11)."""

    def revoke(self, login_id: str) -> None:
        """Retire the customer's token (lost or stolen, IX-43)."""


@dataclass(frozen=True)
class ExtraInput:
    """A field of the login page that the manual does not know, and what goes into it."""

    label: tuple[str, ...]
    value: str = field(repr=False)


@dataclass(frozen=True)
class Sut:
    """All ports to one deployment. ``login_extras``: declared further fields (IX-05).

    ``spending`` takes note of what scenarios use up; ``reconnecting`` of pages
    that had to be asked for again.
    """

    base_url: str
    agents: UserAgents
    clock: Clock
    provisioner: Provisioner
    staff: StaffDesk
    login_extras: tuple[ExtraInput, ...] = ()
    spending: Spending = field(default_factory=Spending)
    reconnecting: Reconnecting = field(default_factory=Reconnecting)
