"""Many rows at once: frozen selections, and edits, deletions and actions over them. At once when few, else as a job."""
