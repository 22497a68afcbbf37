"""User agent that is a real browser (Playwright, Chromium family)."""

from otp_conformance.agent.browser.launch import BrowserAgents

__all__ = ["BrowserAgents"]
