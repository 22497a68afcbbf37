"""A minimal, correct bank: the manual's screens, texts and rules."""
