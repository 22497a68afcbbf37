"""Banks that nobody had in mind: written from the operation manual and nothing else here."""
