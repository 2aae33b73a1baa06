"""What people and programs see of AI quality."""
