"""The test-control API: prepares and steers a bank under test, on loopback only.

Never part of a bank that serves customers. Described by `openapi.json`, so that
a vendor can put the same API in front of a staging system.
"""

from reference_impl.test_control.api import api

__all__ = ["api"]
