from xlsgd.commands.cli import main

main()
