"""Screens for any PostgreSQL database, with no code: tables are listed at the start, read when first opened."""
