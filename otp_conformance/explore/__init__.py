"""Paths that nobody wrote: a model of the manual walks at random, and the product beside it."""
