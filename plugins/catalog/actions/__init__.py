"""Changes of what we sell."""
