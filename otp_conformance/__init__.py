"""otp-conformance: a bank's operation manual as an executable specification."""

__version__ = "0.1.0"
