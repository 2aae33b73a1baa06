"""Model -> ModelSpec (pure data) -> screens."""
