"""Health: errors, alerts, and the services we depend on."""
