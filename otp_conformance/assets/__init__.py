"""Port `Provisioner`: untouched customers and tokens, and where they come from."""
