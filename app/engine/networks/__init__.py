"""The segmentation networks: the list of them, loading one, choosing one."""
