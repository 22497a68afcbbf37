"""Speed, as ratios in the same run."""
