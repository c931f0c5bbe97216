"""Deflate by one who knows what repeats: Huffman codes, and blocks of rows that differ in their numbers alone."""
