"""Measurements, predictions of them, and the fit of the serving engine's constants."""
