"""An example of a plugin as a distribution of its own."""
