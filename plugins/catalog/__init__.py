"""Support: what customers asked us, who answers, and by when."""
