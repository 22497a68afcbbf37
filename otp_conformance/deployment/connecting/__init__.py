"""Builds each port's adapter, as the declaration says: one module a port."""
