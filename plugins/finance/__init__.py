"""Finance: what is billed, what recurs, who is late, and what our providers cost."""
