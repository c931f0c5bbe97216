"""Two workbooks, cell by cell."""
