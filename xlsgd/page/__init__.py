"""Pages: one HTML file that shows sheets and computes them, from the same records as the formulas."""
