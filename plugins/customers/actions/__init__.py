"""What is changed on customers."""
