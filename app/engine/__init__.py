"""The engine: frames in, composites out. No Qt, no torch."""
