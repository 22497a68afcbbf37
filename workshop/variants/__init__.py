"""How changed banks are started and served."""
