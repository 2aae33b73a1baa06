"""Usage analytics: what customers do with the product."""
