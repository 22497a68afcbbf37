"""User agent that is a real browser (Playwright, Chromium family)."""

from otp_conformance.sut.browser.agents import BrowserAgents

__all__ = ["BrowserAgents"]
