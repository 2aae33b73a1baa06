"""Customers of all three product lines."""
