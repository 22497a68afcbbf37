"""The preflight: does the declaration describe what is there, before anything is judged."""
