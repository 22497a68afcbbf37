"""Port `Provisioner`: untouched customers and tokens, from test control or a prepared list."""
