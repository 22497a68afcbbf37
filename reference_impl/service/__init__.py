"""Use cases: what customers and staff can do. The only door to the store."""
