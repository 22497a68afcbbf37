"""Banks that refuse too much: the controls of refusals must notice."""
