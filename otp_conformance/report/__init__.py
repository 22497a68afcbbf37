"""Readers' views of a run, each a function of its journal."""
