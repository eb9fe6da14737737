"""From a frame to its composite."""
