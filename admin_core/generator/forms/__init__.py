"""Forms made from specs: editors per kind, rules read off the table, saving, inlines, look-ups, deleting."""
