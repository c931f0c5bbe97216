from xlsgd.cli import main

main()
