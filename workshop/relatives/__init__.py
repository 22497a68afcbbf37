"""Conforming relatives of the reference bank: nothing may fail on them."""
