"""Pure rules of the manual. Standard library only; time comes in as a value."""
