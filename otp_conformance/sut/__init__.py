"""Ports to the system under test, and their adapters."""
