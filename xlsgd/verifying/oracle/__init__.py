"""Torch as a second implementation of every sheet, which knows nothing of the rules that it judges."""
