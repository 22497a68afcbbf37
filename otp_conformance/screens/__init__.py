"""The screens of the inventory, one class each: labels by key, no markup, no addresses."""
