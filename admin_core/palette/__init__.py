"""The palette: pages, records by what identifies them, what was opened lately, and what can be done with the record."""
