"""The commands of the command line, a module for each; they import nothing heavy before they run."""
