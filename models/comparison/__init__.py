"""The comparison of all networks for portraits, trained by one recipe for equal time."""
