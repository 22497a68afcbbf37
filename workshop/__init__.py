"""Proves the suite; not part of the wheel."""
