"""Changes: what gateways tell us, and the life of subscriptions. Nothing here commits."""
