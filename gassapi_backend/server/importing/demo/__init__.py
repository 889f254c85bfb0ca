"""A project to look around in: the API of a made-up shop."""
