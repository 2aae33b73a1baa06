"""Alerts: rules that are watched, incidents from their beginning to their end, and who is told by which channel."""
