"""One training run: configuration, losses, optimiser, checkpoints."""
