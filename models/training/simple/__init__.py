"""Training of networks with one kind of targets: parts of a face, people, instances."""
