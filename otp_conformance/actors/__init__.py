"""Domain verbs: what customers and staff do, and what is then judged.

Steps import from here and from nowhere else.
"""

from otp_conformance.actors import leaving, stories
from otp_conformance.actors.world import World
from otp_conformance.sut.ports import Kind, Status

__all__ = ["Kind", "Status", "World", "leaving", "stories"]
