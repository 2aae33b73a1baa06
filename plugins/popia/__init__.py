"""POPIA: what people ask about their data, and by when the law wants an answer."""
