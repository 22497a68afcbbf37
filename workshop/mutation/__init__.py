"""Mutation testing of the suite itself: is a blunted assertion noticed? docs/mutation.md."""
