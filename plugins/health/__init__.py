"""Health: errors, and the services we depend on."""
