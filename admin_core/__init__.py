"""The machine: generates the admin from the schema. Knows no business word."""
