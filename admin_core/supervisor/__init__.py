"""Starts and keeps processes: embedded PostgreSQL and Redis, and the product's own web, worker, relay and scheduler.

Only the demo and the tests use it; in production systemd or a container runtime does this work (docs/deploy).
"""
