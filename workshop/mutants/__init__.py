"""Mutants of the reference bank: faults that nobody chose, judged by the suite alone."""
