"""Mutation testing of the suite itself: is a blunted assertion noticed? See docs/mutation.md."""
