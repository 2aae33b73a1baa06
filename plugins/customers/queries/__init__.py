"""What is read of customers."""
