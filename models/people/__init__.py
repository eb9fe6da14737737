"""Commands for the network that tells people apart: train, evaluate, export."""
