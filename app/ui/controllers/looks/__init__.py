"""What happens in the section "Look"."""
