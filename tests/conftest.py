"""Databases for tests: one per xdist worker, made from a migrated template; a transaction rolled back per test."""
