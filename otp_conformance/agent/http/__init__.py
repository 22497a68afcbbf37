"""User agent without a browser: forms over plain HTTP, no scripts, no pixels."""

from otp_conformance.agent.http.agent import HttpAgents

__all__ = ["HttpAgents"]
