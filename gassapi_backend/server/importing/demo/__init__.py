"""A project to explore: the API of a made-up shop."""
