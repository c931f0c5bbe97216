"""`python -m xlsgd` is `xlsgd`."""

from xlsgd.cli import main

main()
