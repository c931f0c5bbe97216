"""Reading workbooks of any origin: safely, as a stream, formulas as they parse."""
