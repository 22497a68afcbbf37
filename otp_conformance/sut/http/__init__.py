"""User agent without a browser: forms over plain HTTP, no scripts, no pixels."""

from otp_conformance.sut.http.agents import HttpAgents

__all__ = ["HttpAgents"]
