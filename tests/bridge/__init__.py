"""The bridge for clients that start a command."""
