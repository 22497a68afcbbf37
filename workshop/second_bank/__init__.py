"""A second deployment for tests: the same rules behind a quite different face.

A single-page client over a JSON API, other words, other policies, staff over
HTTP calls, customers and tokens in a pool that is prepared beforehand.
"""
