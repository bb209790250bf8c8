"""Long work of one visitor in a process of its own, so that it never holds up another visitor."""
