"""The staff site: orders and dispatch, stock, customers, unlock, revocation, audit trail."""

from reference_impl.staff import desk
from reference_impl.staff.office import pages

__all__ = ["desk", "pages"]
