"""Decisions over values: what figures mean, what gateways say, and how a subscription lives."""
