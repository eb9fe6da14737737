"""Training data: read photos, augment them, compose test sequences."""
