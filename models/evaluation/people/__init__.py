"""How right persons are told apart: by instances, and by pixels."""
