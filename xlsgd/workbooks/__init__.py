"""Which sheets make which workbook."""
