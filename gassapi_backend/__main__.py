"""``python -m gassapi_backend`` is the command line."""

from gassapi_backend.cli.main import main

if __name__ == "__main__":
    main()
