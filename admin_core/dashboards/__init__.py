"""Figures with one definition each, and the dashboards made of them."""
