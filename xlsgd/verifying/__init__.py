"""Every formula's value held against what others compute."""
