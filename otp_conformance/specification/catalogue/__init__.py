"""The requirements extracted from the manual: a frozen, versioned set."""
