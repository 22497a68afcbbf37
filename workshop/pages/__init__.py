"""Ways in which real banks tell their pages, and the reference bank told in each of them."""
