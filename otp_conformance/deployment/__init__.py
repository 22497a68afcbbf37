"""Puts the ports in front of a system: start it, connect to it, see whether it is ready."""
