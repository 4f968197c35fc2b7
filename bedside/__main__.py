"""`python -m bedside` is the `bedside` command."""

from bedside.config.cli import main

if __name__ == "__main__":
    main()
