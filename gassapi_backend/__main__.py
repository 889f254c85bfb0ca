"""The program: the command line, and beside it the bridge, which clients start and wait for."""

import sys


def main() -> None:
    """Run what the arguments say."""
    from gassapi_backend.bridge import command

    if command.is_stdio(sys.argv[1:]):
        command.start(sys.argv[1:])
    from gassapi_backend.cli.main import main as run_command

    run_command()


if __name__ == "__main__":
    main()
