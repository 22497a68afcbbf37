"""What is compared with what: judgements, and the controls of refusals."""
