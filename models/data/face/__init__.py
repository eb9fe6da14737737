"""Training windows of faces with their parts."""
