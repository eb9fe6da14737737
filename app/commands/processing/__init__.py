"""What `process` does: its plan, its files."""
