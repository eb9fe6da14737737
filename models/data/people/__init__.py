"""Training frames of several people, and what the network for people is to say of them."""
