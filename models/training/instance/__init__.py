"""Training of the instance networks."""
