"""Customers and staff: verbs of the manual, done through the screens."""
