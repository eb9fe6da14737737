"""The face: found in each frame for the looks that need it, and followed over time."""
