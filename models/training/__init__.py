"""A training run: configuration, losses, optimiser, checkpoints, processes."""
