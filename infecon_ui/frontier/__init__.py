"""What belongs to the frontier page alone: its figures, its words, and what it hands out."""
