"""From a camera, a file or the demo to frames."""
