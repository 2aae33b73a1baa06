"""What people and programs see of what we sell."""
