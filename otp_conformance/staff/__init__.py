"""Port `StaffDesk`: the staff's work through screens, calls, commands or a person."""
