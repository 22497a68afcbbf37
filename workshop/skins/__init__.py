"""Bank skins: the reference bank's pages told anew, every part in a way drawn from a seed."""
