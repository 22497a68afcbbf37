"""The run's journal and its evidence: the only truth, every report is a function of it."""
