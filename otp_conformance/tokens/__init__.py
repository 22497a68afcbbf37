"""Token devices: simulated, from a PSKC file, an external command, a person reading."""

from otp_conformance.tokens.simulated import SimulatedToken, learn_nothing

__all__ = ["SimulatedToken", "learn_nothing"]
