"""Rules for feature files that no parser enforces, each with a code (docs/lint.md)."""
