"""One chart as a picture of 16:9 for presentations, with all that a reader must know inside it."""
