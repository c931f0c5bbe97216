"""Sheets as .xlsx files."""
