"""The business: one folder, one plugin, one name everywhere."""
