"""What workers do about customers."""
