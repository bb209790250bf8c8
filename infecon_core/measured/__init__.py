"""Measured setups read as arrays and predicted: what the serving engine and its validation share."""
