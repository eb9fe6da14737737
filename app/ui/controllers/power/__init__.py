"""What depends on the power that the computer runs on."""
