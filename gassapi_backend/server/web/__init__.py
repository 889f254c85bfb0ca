"""HTTP, and nothing about what the server is for."""
