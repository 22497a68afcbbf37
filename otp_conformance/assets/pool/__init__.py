"""Prepared accounts and tokens: a file of them, what is spent of it, who hands them out."""
