"""Hide and show people in the preview."""
