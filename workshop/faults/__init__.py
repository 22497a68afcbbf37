"""Banks with one planted fault each."""
