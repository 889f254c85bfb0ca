"""The web console: its modules and styles as browsers load them, and the page they begin with."""
