"""What health shows: figures, a dashboard, the page of sizes, and its words on the system page."""
