"""What the team decides about customers, over values alone."""
