"""How top speed grows with models and hardware: the paper's laws beside fits to what the engines compute."""
