"""Domain verbs: what customers and staff do, and what is then judged.

Steps import from here and from nowhere else.
"""

from otp_conformance.actors import (
    asked,
    expiry,
    leaving,
    matrix,
    menus,
    passwords,
    places,
    repeats,
    requests,
    stories,
)
from otp_conformance.actors.attempt import Action
from otp_conformance.actors.world import World
from otp_conformance.sut.ports import Kind, Status

__all__ = [
    "Action",
    "Kind",
    "Status",
    "World",
    "asked",
    "expiry",
    "leaving",
    "matrix",
    "menus",
    "passwords",
    "places",
    "repeats",
    "requests",
    "stories",
]
