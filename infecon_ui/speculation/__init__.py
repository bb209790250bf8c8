"""The page Speculation."""
