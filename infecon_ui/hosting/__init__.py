"""What `asgi.py` puts around the dashboard: compressed files, headers, bounds, a warm start, a graceful stop."""
