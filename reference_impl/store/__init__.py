"""Persistence: one SQLite file, plain SQL, a connection for each transaction."""
