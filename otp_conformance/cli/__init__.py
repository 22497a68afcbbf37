"""The command line: one module a command, presentation only."""
