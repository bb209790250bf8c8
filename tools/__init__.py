"""Programs beside the library: measuring decode steps, and the app in a browser for tests and benchmarks."""
