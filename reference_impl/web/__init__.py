"""The customer site: login, top page, portal, issue, activation, deactivation."""

from reference_impl.web import login, portal, procedures
from reference_impl.web.visitor import pages

__all__ = ["login", "pages", "portal", "procedures"]
