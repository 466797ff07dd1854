"""`python -m devicedouble`: the same as the command."""

from devicedouble.cli import main

if __name__ == "__main__":
    main()
