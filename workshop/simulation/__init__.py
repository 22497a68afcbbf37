"""How a run would go with many workers over a slow system: the real scheduling, simulated time."""
