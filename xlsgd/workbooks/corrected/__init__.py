"""The corrected workbooks: the lesson's sheets with every known quirk mended, and a sheet that shows each quirk."""
