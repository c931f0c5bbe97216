"""The functions that `import xlsgd` gives: whoever calls them knows no file of ours."""
