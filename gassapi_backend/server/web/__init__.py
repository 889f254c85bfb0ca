"""HTTP, and nothing of what the server is about."""
