"""The demo company: two years of an invented business, the same rows for the same day."""
