"""Documents of other tools on the command line: ``import`` and ``export``."""
