"""Health, status and documentation of the server itself."""
