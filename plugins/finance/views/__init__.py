"""What finance shows: its figures, and the dashboard made of them."""
