"""What a selection uses up, and whether what is prepared suffices."""
