"""A site that does its worst, and a way to the system that loses and bends what passes."""
