"""The built workbooks against a list of what the course's sheets hold, cell by cell.

The list was written from a description of the course's files, not from the code. Formulas are compared once redundant
parentheses are gone, and nothing else: the same operations, in the same order, on the same cells.
"""

import re

import pytest

X = [14, 86, 28, 51, 28, 29, 72, 62, 84, 15, 42, 62, 47, 35, 9, 38, 44, 99, 13, 21, 28, 20, 8, 64, 99, 70, 27, 17, 8]
FIRST, LAST = 4, 32
MONEY, TWO, FOUR, GENERAL = "#,##0.00", "0.00", "0.0000", "General"

# ---- the list -----------------------------------------------------------------------------------------------------


def down(column, formula, last=LAST, first=FIRST):
    """The formula of the first row, copied down: relative rows move, rows after a dollar sign do not."""
    return {
        f"{column}{row}": re.sub(r"(?<![$\d])(?<=[A-Z])(\d+)", lambda m, row=row: str(int(m[1]) + row - first), formula)
        for row in range(first, last + 1)
    }


POINTS = {f"A{FIRST + i}": x for i, x in enumerate(X)} | {f"B{FIRST + i}": 2 * x + 30 for i, x in enumerate(X)}

SHARED = (
    POINTS
    | {"B1": "b", "C1": 1, "B2": "a", "C2": 1, "D1": "learn"}
    | {"C3": "b", "D3": "a", "E3": "pred", "F3": "de/db", "G3": "de/da", "H3": "new b", "I3": "new a"}
    | down("C", "=H3") | {"C4": "=C1"}
    | down("D", "=I3") | {"D4": "=C2"}
    | down("E", "=C4+D4*A4")
    | down("F", "=2*(D4*A4+C4-B4)")
    | down("G", "=F4*A4")
)  # fmt: skip

ADAM = (
    SHARED
    | {"I1": "beta", "J1": 0.9, "K1": "=1-J1", "M1": "=1-L1", "D2": 1}
    | down("J", "=J3*$J$1+$K$1*F4")
    | down("K", "=K3*$J$1+$K$1*G4")
    | down("L", "=L3*$L$1+$M$1*F4^2")
    | down("M", "=M3*$L$1+$M$1*G4^2")
    | down("H", "=C4-J4*$D$2/SQRT(L4)")
    | down("I", "=D4-K4*$D$2/SQRT(M4)")
    | {f"{column}3": f"={column}33" for column in "JKLM"}
)

GRADDESC = {
    "data": (
        {"A1": "b", "B1": "const", "C1": 30, "A2": "a", "B2": "slope", "C2": 2, "B4": "x", "C4": "y"}
        | down("B", "=RANDBETWEEN(1,100)", first=5, last=33)
        | down("C", "=$C$1+B5*$C$2", first=5, last=33)
    ),
    "basic": (
        POINTS
        | {"B1": "intercept", "C1": 1, "B2": "slope", "C2": 1, "E1": "learn", "F1": 0.0001}
        | {"H2": "e=(ax+b-y)^2", "I1": "de/db=2(ax+b-y)", "I2": "de/da=x*2(ax+b-y)"}
        | {"A3": "x", "B3": "y", "C3": "intercept", "D3": "slope", "E3": "y_pred", "F3": "err^2", "G3": "errb1"}
        | {"H3": "est de/db", "I3": "erra1", "J3": "est de/da", "K3": "de/db", "L3": "de/da", "M3": "new a"}
        | {"N3": "new b"}
        | down("C", "=N3") | {"C4": "=C1"}
        | down("D", "=M3") | {"D4": "=C2"}
        | down("E", "=C4+D4*A4")
        | down("F", "=(B4-E4)^2")
        | down("G", "=(((C4+0.01)+A4*D4)-B4)^2")
        | down("H", "=(G4-F4)/0.01")
        | down("I", "=(((D4+0.01)*A4+C4)-B4)^2")
        | down("J", "=(I4-F4)/0.01")
        | down("K", "=2*(E4-B4)")
        | down("L", "=K4*A4")
        | down("M", "=D4-L4*$F$1")
        | down("N", "=C4-K4*$F$1")
        | {"E33": "rmse", "F33": "=SQRT(SUM(F4:F32))", "K33": "=SQRT(SUMSQ(K4:K32))", "L33": "=SQRT(SUMSQ(L4:L32))"}
        | {"C36": "Paste error here:", "C37": "rmse"}
    ),
    "momentum": (
        SHARED
        | {"D2": 0.0001, "I1": "beta", "J1": 0.9, "K1": "=1-J1", "L3": "err^2", "J3": "=J33", "K3": "=K33"}
        | down("J", "=J3*$J$1+$K$1*F4")
        | down("K", "=K3*$J$1+$K$1*G4")
        | down("H", "=C4-J4*$D$2")
        | down("I", "=D4-K4*$D$2")
        | down("L", "=(B4-E4)^2")
        | {"L33": "=SQRT(SUM(L4:L32))"}
    ),
    "rmsprop": (
        SHARED
        | {"D2": 0.02, "J1": 0.9, "K1": "=1-J1", "J3": "=J33", "K3": "=K33"}
        | down("J", "=J3*$J$1+$K$1*F4^2")
        | down("K", "=K3*$J$1+$K$1*G4^2")
        | down("H", "=C4-F4*$D$2/SQRT(J3)")
        | down("I", "=D4-G4*$D$2/SQRT(K3)")
    ),
    "adam": ADAM | {"L1": 0.9},
    "adam_ann": (
        ADAM
        | {"L1": 0.95, "N33": "=SQRT(L33)+SQRT(M33)"}
        | {"F33": "=SQRT(SUMSQ(F4:F32))/COUNT(F4:F32)", "G33": "=SQRT(SUMSQ(G4:G32))/COUNT(G4:G32)"}
        | {"K34": "=1/K3", "L34": "=1/L3", "N34": "=avg_grad2/prev_grad2"}
    ),
}  # fmt: skip

CLASSES = ["cat", "dog", "plane", "fish", "building"]
IMAGE_1 = [0.021789294543326676, -2.488055919486013, -1.7505557283129267, 2.070409245987718, 1.2502573466234175]
IMAGE_2 = [-1.4210496434287527, -3.9308948574580924, -3.1933946662850063, 0.6275703080156385, -0.19258159134866187]
IS_CAT, PREDS = [1, 1, 0, 0, 1], [0.5, 0.98, 0.9, 0.5, 0.9]


def column(letter, numbers, first):
    return {f"{letter}{first + i}": number for i, number in enumerate(numbers)}


ENTROPY = {
    "softmax": (
        {"B1": "Image 1", "G1": "Image 2", "K1": "binary", "K2": "Image 1", "L2": "Image 2"}
        | {"B2": "output", "C2": "exp", "D2": "softmax", "G2": "output", "H2": "exp", "I2": "softmax"}
        | column("A", CLASSES, 3) | column("F", CLASSES, 3) | column("B", IMAGE_1, 3) | column("G", IMAGE_2, 3)
        | down("C", "=EXP(B3)", 7, 3) | down("D", "=C3/$C$8", 7, 3)
        | down("H", "=EXP(G3)", 7, 3) | down("I", "=H3/$H$8", 7, 3)
        | down("K", "=C3/(1+C3)", 7, 3) | down("L", "=H3/(1+H3)", 7, 3)
        | {f"{letter}8": f"=SUM({letter}3:{letter}7)" for letter in "CDHI"}
    ),
    "entropy": (
        {"B1": "isCat", "C1": "Preds", "C9": "=25000*128*4/1000"}
        | column("B", IS_CAT, 2) | column("C", PREDS, 2)
        | down("D", "=-B2*LOG(C2)-(1-B2)*LOG(1-C2)", 6, 2)
        | down("E", "=-IF(B2=1,LOG(C2),LOG(1-C2))", 6, 2)
    ),
    "log_entropy": (
        {"B1": "isCat", "C1": "isDog", "D1": "Preds", "E1": "logPredCat", "F1": "logPredDog", "G1": "NLL"}
        | {"H1": "idx", "I1": "idxPred"}
        | column("B", IS_CAT, 2) | column("D", PREDS, 2)
        | down("C", "=1-B2", 6, 2) | down("E", "=LOG(D2)", 6, 2) | down("F", "=LOG(1-D2)", 6, 2)
        | down("G", "=-B2*E2-C2*F2", 6, 2) | down("H", "=MATCH(1,B2:C2)", 6, 2) | down("I", "=OFFSET(D2,0,H2)", 6, 2)
    ),
}  # fmt: skip

SHEETS = [("graddesc", name) for name in GRADDESC] + [("entropy", name) for name in ENTROPY]
LISTED = GRADDESC | ENTROPY

LETTERS = {"basic": "ABCDEFGHIJKLMN", "momentum": "ABCDEFGHIJKL", "rmsprop": "ABCDEFGHIJK"}


def row_formats(name):
    if name == "basic":
        return dict.fromkeys("ABCDE", GENERAL) | dict.fromkeys("FGHIJKLMN", MONEY)
    weights = MONEY if name == "adam_ann" else FOUR
    rest = LETTERS.get(name, "ABCDEFGHIJKLM")[9:]
    return (
        dict.fromkeys("AB", GENERAL) | dict.fromkeys("CDE", weights) | dict.fromkeys("FG", TWO)
        | dict.fromkeys("HI", MONEY) | dict.fromkeys(rest, GENERAL)
    )  # fmt: skip


FORMATS = {
    name: {f"{letter}{row}": shown for letter, shown in row_formats(name).items() for row in range(FIRST, LAST + 1)}
    | ({} if name == "basic" else dict.fromkeys(("C1", "C2", "D1", "C3", "D3", "E3"), FOUR) | {"F3": TWO, "G3": TWO})
    for name in GRADDESC
    if name != "data"
}
FORMATS["basic"] |= dict.fromkeys(("F33", "K33", "L33"), MONEY)
FORMATS["rmsprop"] |= {"J33": TWO}
FORMATS["adam"] |= {"L33": TWO, "M33": TWO}
FORMATS["adam_ann"] |= {"L33": TWO, "M33": TWO, "F33": TWO, "G33": TWO, "N33": MONEY}
FORMATS["softmax"] = {a: MONEY for a, held in ENTROPY["softmax"].items() if not isinstance(held, str) or held[0] == "="}
FORMATS["log_entropy"] = {f"{letter}{row}": MONEY for letter in "EFGI" for row in range(2, 7)}

BOLD = {
    "data": ["B4", "C4"],
    "basic": [f"{letter}3" for letter in "ABCDEFGHIJKLMN"],
    "momentum": ["C3", "D3", "E3", "F3", "G3", "H3", "I3", "L3"],
    "rmsprop": ["C3", "D3", "E3", "F3", "G3", "H3", "I3"],
    "adam": ["C3", "D3", "E3", "F3", "G3", "H3", "I3"],
    "adam_ann": ["C3", "D3", "E3", "F3", "G3", "H3", "I3"],
    "softmax": ["B2", "C2", "D2", "G2", "H2", "I2", "K2", "L2"],
    "entropy": ["B1", "C1"],
    "log_entropy": ["B1", "C1", "D1", "E1", "F1", "G1", "H1", "I1"],
}

WEIGHTS = {"const": "C1", "slope": "C2", "lastconst": "C32", "lastslope": "D32"}
MOMENTUM = {"momlast": "J32:K32", "momtarget": "J33:K33"}
NAMES = {
    "basic": WEIGHTS | {"rmse": "F33", "rmsestart": "C36", "rmses": "C38:C106"},
    "momentum": WEIGHTS | MOMENTUM | {"lr": "D2"},
    "rmsprop": WEIGHTS | {"ms_last": "J32:K32", "gradtarget": "J33:K33"},
    "adam": WEIGHTS | MOMENTUM | {"lr": "D2", "ms_last": "L32:M32", "gradtarget": "L33:M33"},
}
NAMES["adam_ann"] = NAMES["adam"] | {"avg_grad2": "N33", "prev_grad2": "N3", "gradrat": "N34"}

SEEDS = {"momentum": "JK", "rmsprop": "JK", "adam": "JKLM", "adam_ann": "JKLM"}

# ---- formulas as trees --------------------------------------------------------------------------------------------

TOKEN = re.compile(r"\s*(\d+\.?\d*(?:[eE][+-]?\d+)?|\$?[A-Z]{1,3}\$?\d+(?::\$?[A-Z]{1,3}\$?\d+)?|\w+|[-+*/^=(),])")
BINDS = {"=": 1, "+": 2, "-": 2, "*": 3, "/": 3, "^": 4}


def tree(formula):
    """A formula as a tree: two formulas that differ in redundant parentheses alone have the same one."""
    tokens = TOKEN.findall(formula.removeprefix("="))
    assert "".join(tokens) == formula.removeprefix("=").replace(" ", ""), formula
    found = _operation(tokens, 0)
    assert not tokens, formula
    return found


def _operation(tokens, least):
    left = _operand(tokens)
    while tokens and BINDS.get(tokens[0], 0) > least:
        operator = tokens.pop(0)
        left = (operator, left, _operation(tokens, BINDS[operator]))  # the operators of Excel are left-associative
    return left


def _operand(tokens):
    token = tokens.pop(0)
    if token == "-":
        return ("negative", _operand(tokens))  # binds tighter than a power
    if token == "(":
        inside = _operation(tokens, 0)
        assert tokens.pop(0) == ")"
        return inside
    if tokens and tokens[0] == "(":
        arguments = []
        while tokens.pop(0) != ")":
            arguments.append(_operation(tokens, 0))
        return (token, *arguments)
    return float(token) if token[0].isdigit() else token


def test_the_trees_know_redundant_parentheses_from_others():
    assert tree("=(((C4+0.01)+A4*D4)-B4)^2") == tree("=(C4+0.01+A4*D4-B4)^2")
    assert tree("=A1+(B1+C1)") != tree("=A1+B1+C1")
    assert tree("=A1-(B1-C1)") != tree("=A1-B1-C1")
    assert tree("=-A1^2") == tree("=(-A1)^2") != tree("=-(A1^2)")
    assert tree("=2^3^2") == tree("=(2^3)^2") != tree("=2^(3^2)")
    assert tree("=SUM(A1:A3)") != tree("=SUM(A1:A4)")


# ---- the comparison -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("book", "name"), SHEETS)
def test_every_listed_cell_holds_what_the_list_says(formulas, book, name):
    sheet = formulas[book][name]
    for address, listed in LISTED[name].items():
        found = sheet[address].value
        if isinstance(listed, str) and listed.startswith("="):
            assert isinstance(found, str) and found.startswith("="), f"{name}!{address}: {found!r}, not {listed}"
            assert tree(found) == tree(listed), f"{name}!{address}: {found}, not {listed}"
        else:
            assert found == listed, f"{name}!{address}: {found!r}, not {listed!r}"


LOOKED_UP = {name: ["C1", "C2", *(f"{letter}33" for letter in SEEDS.get(name, ""))] for name in NAMES}
LOOKED_UP["adam_ann"] += ["D2", "N3"]
"""What a button would paste into, and the workbook that steps by a cell looks up."""


def test_in_the_workbook_that_steps_by_a_cell_only_what_a_button_pastes_is_looked_up(engine, stepping):
    book = engine(stepping)
    for name, listed_cells in GRADDESC.items():
        for address, listed in listed_cells.items():
            content = book.content(address, name)
            if address in LOOKED_UP.get(name, []):
                assert content.removeprefix("=@").removeprefix("=").startswith("INDEX("), f"{name}!{address}: {content}"
                assert book.get(address, name) == listed
            elif isinstance(listed, str) and listed.startswith("="):
                assert tree(content) == tree(listed), f"{name}!{address}: {content}, not {listed}"
            else:
                assert book.get(address, name) == listed, f"{name}!{address}"


@pytest.mark.parametrize("name", FORMATS)
def test_number_formats(formulas, name):
    sheet = formulas["graddesc" if name in GRADDESC else "entropy"][name]
    for address, listed in FORMATS[name].items():
        assert sheet[address].number_format == listed, f"{name}!{address}"


@pytest.mark.parametrize("name", BOLD)
def test_bold_headings(formulas, name):
    sheet = formulas["graddesc" if name in GRADDESC else "entropy"][name]
    assert [address for address in BOLD[name] if not sheet[address].font.b] == []


def test_the_number_of_formulas(formulas):
    def count(sheet):
        return sum(cell.data_type == "f" for row in sheet.iter_rows() for cell in row)

    graddesc = {sheet.title: count(sheet) for sheet in formulas["graddesc"]}
    assert graddesc.pop("data") == 58
    assert sum(graddesc.values()) == 1565
    assert sum(count(sheet) for sheet in formulas["entropy"] if sheet.title != "guide") == 75


def test_the_order_of_the_sheets(formulas):
    assert formulas["graddesc"].sheetnames == ["Sheet1", *GRADDESC]
    assert formulas["entropy"].sheetnames == ["guide", "softmax", "entropy", "log_entropy"]


def test_frozen_panes(formulas):
    frozen = {sheet.title: sheet.freeze_panes for sheet in formulas["graddesc"] if sheet.freeze_panes}
    assert frozen == {"basic": "A4", "momentum": "D4", "rmsprop": "D4", "adam": "D4", "adam_ann": "D4"}


@pytest.mark.parametrize("name", NAMES)
def test_names_of_the_sheet_alone(formulas, name):
    found = {key: named.attr_text for key, named in formulas["graddesc"][name].defined_names.items()}
    listed = {
        key: f"{name}!" + ":".join(f"${end[0]}${end[1:]}" for end in address.split(":"))
        for key, address in NAMES[name].items()
    }
    assert found == listed
    assert not formulas["graddesc"].defined_names


@pytest.mark.parametrize("name", SEEDS)
def test_the_seeds_below_the_rows_are_constants(formulas, name):
    cells = [formulas["graddesc"][name][f"{letter}33"] for letter in SEEDS[name]]
    assert [cell.data_type for cell in cells] == ["n"] * len(cells)
    if name == "adam_ann":
        assert formulas["graddesc"][name]["N3"].data_type == "n"


def test_the_chart(formulas):
    charts = {sheet.title: sheet._charts for sheet in formulas["graddesc"] if sheet._charts}
    assert list(charts) == ["basic"]
    (chart,) = charts["basic"]
    assert type(chart).__name__ == "LineChart"
    assert "".join(run.t for text in chart.title.tx.rich.p for run in text.r or ()) == "Error by epoch"
    (series,) = chart.series
    assert series.val.numRef.f == "basic!$C$38:$C$62"
    top_left, bottom_right = chart.anchor._from, chart.anchor.to
    assert (top_left.col, top_left.row) == (4, 35)  # E36
    assert abs(bottom_right.col - 9) <= 1  # J
    assert abs(bottom_right.row - 50) <= 1  # 51


def test_the_first_sheet_says_in_words_what_the_workbook_is(formulas):
    sheet = formulas["graddesc"]["Sheet1"]
    headings = [cell for row in sheet.iter_rows() for cell in row if cell.font.b and cell.font.sz == 14]
    assert len(headings) >= 3
    assert sheet.column_dimensions["B"].width >= 60
    texts = " ".join(str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value)
    assert all(name in texts for name in GRADDESC)


def test_the_published_work_of_the_first_row(values):
    """Numbers of the course, given to the digits here; a relative 1e-9 allows for what was not printed."""
    row = [values["graddesc"]["basic"].cell(4, column).value for column in range(5, 15)]
    published = [15, 1849, 1848.1401, -85.99, 1836.9796, -1202.04, -86, -1204, 1.1204, 1.0086]
    assert row == pytest.approx(published, rel=1e-9)


def test_both_images_have_one_softmax(values):
    """Sums as published, to two places; both images' softmax alike to 1e-15, for they differ by a constant."""
    sheet = values["entropy"]["softmax"]
    assert round(sheet["C8"].value, 2) == 12.70
    assert round(sheet["H8"].value, 2) == 3.00
    for row in range(3, 8):
        assert sheet[f"D{row}"].value == pytest.approx(sheet[f"I{row}"].value, rel=1e-14)
