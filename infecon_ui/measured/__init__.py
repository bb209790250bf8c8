"""The page "Model against measurement": points, errors, figures, and a reader's own measurements."""
