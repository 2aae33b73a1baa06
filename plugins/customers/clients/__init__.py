"""Speaks to the customer app's sign-in service. Used by jobs only."""
