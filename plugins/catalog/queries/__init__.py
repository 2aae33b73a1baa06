"""Questions about what we sell."""
