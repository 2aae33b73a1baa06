"""Questions that finance asks of the database."""
