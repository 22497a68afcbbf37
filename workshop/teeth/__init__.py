"""Teeth: which planted faults the suite's checks find, requirement by requirement."""
