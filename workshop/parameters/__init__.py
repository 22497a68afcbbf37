"""Each declared parameter, met by a bank that differs in it."""
