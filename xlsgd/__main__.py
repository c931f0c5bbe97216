"""`python -m xlsgd` is `xlsgd`."""

from xlsgd.commands.cli import main

main()
