"""What the figures of several pages share: colours, axes, and the form in which they reach the browser."""
