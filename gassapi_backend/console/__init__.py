"""The web console: its modules and styles as browsers load them, and its first page."""
