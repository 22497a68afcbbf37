"""Port `Clock`: time at the system, steered, moved, or waited for."""
