"""Clocks of systems without our test-control API: a vendor's calls, libfaketime, real time."""
