"""What the tests of the corrected workbooks share: a workbook in IronCalc into which values are typed."""

import re
from pathlib import Path
from typing import Any

import ironcalc

from xlsgd.verifying.poison import column_number


class Recalculated:
    """A workbook in IronCalc: type into cells, and read what they then hold."""

    def __init__(self, path: Path) -> None:
        self.model = ironcalc.load_from_xlsx(str(path), "en", "UTC", "en")
        self.index = {sheet["name"]: i for i, sheet in enumerate(self.model.get_worksheets_properties())}
        self.model.evaluate()

    def put(self, values: dict[str, float]) -> "Recalculated":
        for address, value in values.items():
            self.model.set_user_input(*self._place(address), repr(value))
        self.model.evaluate()
        return self

    def __getitem__(self, address: str) -> Any:
        return self.model.get_cell_value(*self._place(address))

    def column(self, sheet: str, letter: str, first: int, last: int) -> list[Any]:
        return [self[f"{sheet}!{letter}{row}"] for row in range(first, last + 1)]

    def _place(self, address: str) -> tuple[int, int, int]:
        sheet, letters, row = re.fullmatch(r"(\w+)!([A-Z]+)([0-9]+)", address).groups()
        return self.index[sheet], int(row), column_number(letters)
