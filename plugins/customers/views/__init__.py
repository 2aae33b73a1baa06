"""What customers' pages show, and what the API answers about them."""
