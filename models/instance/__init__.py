"""The commands of the instance networks: train, evaluate, export."""
