"""How the harness reaches out: HTTP calls, commands, test control, a person at the terminal."""
