"""Virtual tokens and accounts for trying the bank out; only when started with --demo."""

from reference_impl.demo.accounts import seed_demo
from reference_impl.demo.pages import pages

__all__ = ["pages", "seed_demo"]
