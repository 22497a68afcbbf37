"""The staff's work by other ways than screens (port `StaffDesk`)."""
