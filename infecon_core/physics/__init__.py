"""The physics of a real deployment: what one decoding step and one prompt cost on a launchable layout."""
