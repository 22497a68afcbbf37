"""The customer site: login, top page, portal, issue, activation, deactivation."""

from reference_impl.web.blueprint import blueprint

__all__ = ["blueprint"]
