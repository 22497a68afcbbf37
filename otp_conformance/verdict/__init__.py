"""Verdicts, their causes, the run's journal and its evidence."""
