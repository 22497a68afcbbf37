"""The staff site: orders and dispatch, stock, customers, unlock, revocation, audit trail."""

from reference_impl.staff.blueprint import blueprint

__all__ = ["blueprint"]
