"""Evidence that can be handed over: a run as one file that somebody else can check."""
