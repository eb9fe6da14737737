"""From a composite to virtual cameras and recordings."""
