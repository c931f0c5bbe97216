"""A sheet that is filled at once: formulas by reference, each with its value, against IronCalc."""

import pytest

from xlsgd.excel.writer import write_workbook
from xlsgd.functions import log, total
from xlsgd.sheets.description import Place
from xlsgd.sheets.table import Contents, Grid, Table, cells_of, numbers, recalculated, table_sheet
from xlsgd.symbols.cells import area, at
from xlsgd.symbols.checked import Checked, plain
from xlsgd.symbols.to_excel import spell


def fill(inputs, singles):
    x, scale = inputs["x"], singles["scale"]
    scaled = [each * scale for each in x]
    whole = total(scaled)
    return Contents({"x": [*x], "scaled": scaled, "part": [each / whole for each in scaled]}, {"whole": whole})


GRID = Grid(
    {"x": "A", "scaled": "B", "part": "C"}, 3, {"scale": "B1", "whole": "B7"}, {"part": "0.00"}, (Place("A1", "scale"),)
)
TABLE = Table("shares", {"x": (1.0, 2.0, 5.0)}, fill, GRID, {"scale": 10.0})


def by_address(table):
    return {place.address: place for place in table_sheet(table).places}


def test_values_by_hand():
    columns, totals = numbers(TABLE)
    assert columns == {"x": [1.0, 2.0, 5.0], "scaled": [10.0, 20.0, 50.0], "part": [0.125, 0.25, 0.625]}
    assert totals == {"scale": 10.0, "whole": 80.0}


def test_what_stands_in_a_cell_is_referred_to_and_never_spelled_again():
    cells = by_address(TABLE)
    spelled = {address: spell(place.formula) for address, place in cells.items() if place.formula is not None}
    assert spelled == {
        "B3": "A3*$B$1", "B4": "A4*$B$1", "B5": "A5*$B$1", "C3": "B3/$B$7", "C4": "B4/$B$7", "C5": "B5/$B$7",
        "B7": "SUM(B3:B5)",
    }  # fmt: skip
    assert cells["A4"].formula is None and cells["A4"].value == 2.0 and cells["A4"].key == ("x", 1)
    assert cells["C3"].format == "0.00" and cells["B3"].format == "" and cells["B7"].key == "whole"
    assert cells["A1"] == Place("A1", "scale")


def test_an_engine_gets_the_same_values(engine, tmp_path):
    write_workbook(tmp_path / "a.xlsx", [table_sheet(TABLE)], "shares")
    book = engine(tmp_path / "a.xlsx")
    book.put("B1", 3.0, "shares")
    book.evaluate()
    other = by_address(TABLE._replace(singles={"scale": 3.0}))
    assert {address: book.get(address, "shares") for address in other if address != "A1"} == {
        address: place.value for address, place in other.items() if address != "A1"
    }


def test_a_single_input_may_be_a_formula_of_another_cell():
    def with_sum(inputs, singles):
        scaled = [each * singles["scale"] for each in inputs["x"]]
        return Contents({"x": [*inputs["x"]], "scaled": scaled}, {"whole": total(inputs["x"])})

    table = TABLE._replace(singles={"scale": at("B7") * 0 + 2}, fill=with_sum)
    cells = by_address(table)
    assert cells["B1"].value == 2.0 and spell(cells["B1"].formula) == "B7*0+2"
    assert cells["B5"].value == 10.0


def test_errors_are_a_spreadsheets_and_a_minus_zero_is_a_plain_one():
    table = Table(
        "t", {"x": (0.0, -1.0)}, lambda inputs, _: Contents(
            {"x": [*inputs["x"]], "scaled": [1 / inputs["x"][0], log(inputs["x"][1])],
             "part": [-inputs["x"][0], inputs["x"][1] * 0]}, {}
        ), GRID,
    )  # fmt: skip
    columns, _ = numbers(table)
    assert columns["scaled"] == ["#DIV/0!", "#NUM!"] and list(map(str, columns["part"])) == ["0.0", "0.0"]


def test_the_cells_of_a_range_row_by_row():
    assert list(cells_of(area("B2:D3"))) == ["B2", "C2", "D2", "B3", "C3", "D3"]
    assert list(cells_of(area("AA9:AA9"))) == ["AA9"]


def test_a_formula_is_recalculated_from_its_cells():
    held = {"A1": 2.0, "B1": 3.0, "B2": 4.0}
    found = recalculated(at("A1") * total(area("B1:B2")), lambda address: Checked(held[address]))
    assert plain(found) == 14.0


def test_a_column_of_inputs_that_the_fill_forgot_is_a_mistake():
    with pytest.raises(KeyError, match="other"):
        numbers(TABLE._replace(inputs={"x": (1.0,), "other": (2.0,)}))
