"""The cameras and the V4L2 devices of this computer."""
