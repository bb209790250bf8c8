"""Several scenarios side by side: curves, bars at the target, ratios, table."""
