"""Pictures and videos: reading, writing, playing in a loop."""
