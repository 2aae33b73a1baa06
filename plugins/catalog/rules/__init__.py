"""Decisions about what we sell, over values."""
