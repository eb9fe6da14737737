"""Commands for the network that finds the parts of a face: pack, train, evaluate, export."""
