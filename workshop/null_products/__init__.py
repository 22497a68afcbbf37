"""Products that do nothing right: nothing may pass on them."""
