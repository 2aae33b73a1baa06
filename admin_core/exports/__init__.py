"""What a list shows, as a file: masked by policy, on record, and harmless in a spreadsheet."""
