"""Expressions: values that spell a formula, and what is made of them."""
