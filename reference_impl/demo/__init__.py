"""Virtual tokens for demonstrations. Registered only when the bank is started with --demo."""

from reference_impl.demo.blueprint import blueprint

__all__ = ["blueprint"]
