"""Training frames of a whole batch at once, on the device that trains: thousands per second on a GPU."""
