"""How many GPUs a demand needs within limits, what they cost, and how far GPUs that are owned reach."""
