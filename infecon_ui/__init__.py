"""What the pages share: controls, figures, links, words."""
