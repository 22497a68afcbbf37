"""The staff's screens (B-01, B-02)."""
