"""Instance networks for persons: Mask R-CNN with a plain mask head, RefineMask or MaskLab."""
