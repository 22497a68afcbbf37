"""Plan, select, start, execute: a run from the request to the exit code."""
