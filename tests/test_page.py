"""Pages as files: what stands in them, how large they are, that nothing of a user's becomes markup, what is refused."""

import json
import re
from pathlib import Path
from typing import NamedTuple

import pages
import pytest
from click.testing import CliRunner

import xlsgd
from xlsgd.commands.cli import cli
from xlsgd.errors import InputError
from xlsgd.page.cells import MANY, PointRows, formula_parts
from xlsgd.page.html import SCRIPTS, page_of
from xlsgd.page.layers import drawn_network
from xlsgd.page.tables import page_of_table
from xlsgd.page.trainings import About, page_of_training
from xlsgd.points.points import LESSON_POINTS, Points
from xlsgd.rules import Rule
from xlsgd.sheets.entropy import ENTROPY
from xlsgd.sheets.lesson import LESSON, textbook
from xlsgd.symbols.cells import area, at, here
from xlsgd.symbols.primitives import apply
from xlsgd.workbooks.network.relu_network import RELU_NETWORK

SCRIPT_FOLDER = Path(xlsgd.__file__).parent / "page" / "script"
HOSTILE = "</script><img src=x onerror=\"document.title='owned'\"> & <b>{title}</b>"


def run(*arguments):
    return CliRunner().invoke(cli, ["page", *map(str, arguments)])


def data_of(text):
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)[1])


@pytest.fixture(scope="module")
def lesson(tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "lesson.html"
    result = run("--out", path)
    assert result.exit_code == 0 and result.output == f"wrote {path}\n"
    return path


# ---- the file -----------------------------------------------------------------------------------------------------


def test_the_lessons_page_has_its_sheets_and_is_small(lesson):
    assert [sheet["name"] for sheet in data_of(lesson.read_text())["sheets"]] == [*LESSON, *ENTROPY]
    assert lesson.stat().st_size < 500_000


def test_nothing_is_fetched(lesson):
    """No address of another machine stands in it but the name of SVG's markup, and its policy forbids all requests."""
    text = lesson.read_text()
    assert set(re.findall(r"(?:https?:)?//[\w.]+\.\w+", text)) == {"http://www.w3.org"}
    assert "default-src 'none'" in text and "unsafe" not in text
    assert not re.search(r"<(link|img|iframe|script)[^>]* (src|href)=\"(?!data:,)", text)


def test_all_of_the_pages_own_script_is_in_it():
    assert sorted(SCRIPTS) == sorted(path.stem for path in SCRIPT_FOLDER.glob("*.js"))


@pytest.mark.parametrize("path", sorted(SCRIPT_FOLDER.glob("*.js")), ids=lambda path: path.name)
def test_the_pages_script_knows_no_rule_and_writes_no_markup(path):
    text = path.read_text()
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", text)
    assert not re.search(r"\b(beta|momentum|adam|rmsprop|softmax|gradient)\w* *[*/+=-]", text)
    assert len(text.splitlines()) <= 250


def test_the_same_page_is_the_same_to_the_byte(lesson, tmp_path):
    assert run("--out", tmp_path / "again.html").exit_code == 0
    assert (tmp_path / "again.html").read_bytes() == lesson.read_bytes()


def test_points_that_sheets_share_stand_once(lesson):
    found = data_of(lesson.read_text())
    assert found["points"] == [{name: list(column) for name, column in LESSON_POINTS.columns.items()}]


def test_what_a_user_gives_stands_in_it_as_data_alone(chromium, tmp_path):
    sheet = page_of_training(LESSON["adam"], LESSON_POINTS, About(HOSTILE, [HOSTILE]))
    hostile = sheet._replace(name=HOSTILE)
    hostile.data["columns"][4]["heading"] = HOSTILE
    hostile.data["texts"][-1]["text"] = HOSTILE
    hostile.data["inputs"][0]["label"] = HOSTILE
    path = tmp_path / "hostile.html"
    path.write_text(page_of([hostile], HOSTILE, HOSTILE))
    page = pages.opened(chromium, path)
    assert page.execute_script(
        "return [document.images.length, document.querySelectorAll('b[onerror], main b > b').length]"
    ) == [0, 0]
    assert HOSTILE in page.find_element("css selector", "h1").text
    assert page.title == f"{HOSTILE} – {HOSTILE}"
    assert not pages.complaints(page)


def test_a_column_named_as_markup_is_a_text(chromium, tmp_path):
    """Pasted points with such a column, and such a number, too."""
    page = pages.opened(chromium, pages.written(tmp_path, page_of_training(LESSON["basic"], LESSON_POINTS)))
    script = """
      const field = document.querySelector('textarea');
      field.closest('details').open = true;
      field.value = arguments[0];
      [...document.querySelectorAll('button')].find((b) => b.textContent === 'Use these points').click();
      return document.querySelector('.points .message').textContent;"""
    told = page.execute_script(script, "x,<img src=x onerror=alert(1)>\n1,2\n")
    assert "no column “y”" in told and "<img src=x onerror=alert(1)>" in told
    told = page.execute_script(script, "x,y\n1,<img src=x onerror=alert(1)>\n")
    assert "line 2, y: “<img src=x onerror=alert(1)>” is no number" in told
    assert page.execute_script("return document.images.length") == 0


# ---- what is refused ----------------------------------------------------------------------------------------------


class Still(NamedTuple):
    w: float


class StillRate(NamedTuple):
    lr: float = 0.1


def drunk(s, g, k):
    return Still(s.w - k.lr * g * apply("random_between", g, 1))


def test_a_rule_that_cannot_be_spelled_names_the_operation():
    training = textbook("drunk", Rule(drunk, Still, StillRate))
    with pytest.raises(InputError, match="drunk: random_between cannot be spelled in JavaScript"):
        page_of_training(training, LESSON_POINTS)


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    result = run("--out", tmp_path / "file" / "lesson.html")
    assert result.exit_code == 2 and "is a file; give a folder" in result.output
    assert run("--out", "/proc/lesson.html").exit_code == 2


def test_a_table_of_the_network_takes_knobs_and_points(tmp_path):
    points, path = tmp_path / "points.csv", tmp_path / "page.html"
    points.write_text("x1,x2,y\n1,2,0\n3,1,1\n2,2,1\n")
    result = run("accuracy", "--data", points, "--set", "times=2", "--out", path)
    assert result.exit_code == 0, result.output
    (sheet,) = data_of(path.read_text())["sheets"]
    assert {"times", "b"} <= {each["name"] for each in sheet["cells"]} and 2 in sheet["fresh"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["accuracy", "--set", "tmes=2"], "accuracy: no knob 'tmes': did you mean 'times'?"),
        (["adm"], "no sheet 'adm': did you mean 'adam'?"),
        (["softmax", "--set", "lr=1"], "softmax: no knobs to set; leave out --set"),
        (["adam", "--set", "lr=x"], "--set lr=x: 'x' is not a number"),
        (["softmax", "--data", "x.csv"], "softmax: no points to replace"),
        (["relu_network", "adam", "--data", "x.csv"], "--data is for the lesson's line, or for one sheet of network"),
        (["adam", "--data", "missing.csv"], "missing.csv"),
    ],
)
def test_what_is_asked_for_and_cannot_be(tmp_path, arguments, told):
    result = run(*arguments, "--out", tmp_path / "page.html")
    assert result.exit_code == 2 and told in result.output and len(result.output.splitlines()) == 1
    assert not (tmp_path / "page.html").exists()


def test_two_sheets_of_one_name():
    sheet = page_of_table(ENTROPY["softmax"])
    with pytest.raises(InputError, match="'softmax': is asked for twice"):
        page_of([sheet, sheet], "", "")


# ---- what is asked for --------------------------------------------------------------------------------------------


def test_own_points_and_knobs(tmp_path):
    points = tmp_path / "points.csv"
    points.write_text("x,y\n1,3\n2,5\n4,9.5\n")
    path = tmp_path / "deep" / "page.html"
    result = run("adam", "sgd", "--data", points, "--set", "adam.lr=0.25", "--out", path)
    assert result.exit_code == 0
    found = data_of(path.read_text())
    assert found["points"] == [{"x": [1.0, 2.0, 4.0], "y": [3.0, 5.0, 9.5]}]
    adam, sgd = found["sheets"]
    assert adam["fresh"][adam["inputs"].index({"name": "lr", "label": "lr", "kind": "knob", "scale": "log"})] == 0.25
    assert sgd["name"] == "sgd"


def test_rates_that_leave_the_numbers_are_told(tmp_path):
    result = run("basic", "--set", "lr=10", "--out", tmp_path / "page.html")
    assert result.exit_code == 0 and "training leaves the numbers: basic" in result.output


def test_a_sheet_of_the_network_has_its_text_and_its_network(tmp_path):
    assert run("relu_network", "accuracy", "--out", tmp_path / "page.html").exit_code == 0
    network, accuracy = data_of((tmp_path / "page.html").read_text())["sheets"]
    assert network["title"] == RELU_NETWORK.title and len(network["text"]) == 3
    assert network["allowed"] == {"y": [0, 1]} and accuracy["kind"] == "table"
    assert [node["name"] for node in network["network"]["nodes"]][:4] == ["x1", "x2", "a_1", "a_2"]


def test_the_library_writes_a_page_of_any_model(tmp_path):
    model = xlsgd.Model("hyperbola", "x", {"c": 1.0}, lambda p, x: p.c / x, xlsgd.squared_error)
    path = xlsgd.build(model, tmp_path / "mine.html", Points([1.0, 2.0], [3.0, 1.5]), rules=["sgd", "adam"], lr=0.1)
    assert [sheet["name"] for sheet in data_of(path.read_text())["sheets"]] == ["sgd", "adam"]
    with pytest.raises(InputError, match="leave out `epochs`"):
        xlsgd.build(model, path, Points([1.0], [3.0]), epochs=3)
    with pytest.raises(InputError, match="entropy: has no points, rules or knobs; leave out `points`"):
        xlsgd.build("entropy", path, LESSON_POINTS)
    assert len(data_of(xlsgd.build("entropy", path).read_text())["sheets"]) == 3


def test_a_tables_cells_have_equations_in_words():
    cells = {(cell["column"], cell["row"]): cell for cell in page_of_table(ENTROPY["softmax"]).data["cells"]}
    assert cells[3, 3]["words"] == "Image 1 exp = EXP([Image 1 output])"
    assert cells[4, 3]["words"] == "Image 1 softmax = [Image 1 exp]/[Image 1 exp total]"
    assert cells[3, 8]["words"] == "Image 1 exp total = SUM([Image 1 exp])"
    assert cells[3, 8]["formula"] == {"text": ["SUM(C3:C7)"], "reads": [[3, 3, 3, 7]]}


# ---- formulas, and the network ------------------------------------------------------------------------------------


def test_a_formulas_rows_can_be_filled_in():
    rows = PointRows.from_(4)
    parts = formula_parts(here(8, up=1) * at("D2", fixed=True) + here(1), rows)
    assert parts.text == ["H", ["here", -1], "*$D$2+A", ["here", 0]]
    assert parts.reads == [[8, ["here", -1], 8, ["here", -1]], [4, 2, 4, 2], [1, ["here", 0], 1, ["here", 0]]]


def test_a_range_over_all_points_ends_with_the_last():
    rows = PointRows.from_(4)
    parts = formula_parts(apply("total", area(f"F4:F{4 + MANY - 1}")) + at(f"J{4 + MANY}"), rows)
    assert parts.text == ["SUM(F4:F", ["last", 0], ")+J", ["last", 1]]
    assert parts.reads == [[6, 4, 6, ["last", 0]], [10, ["last", 1], 10, ["last", 1]]]


def test_the_network_that_is_drawn_is_the_models():
    network = drawn_network(RELU_NETWORK.training)
    nodes = [node["name"] for node in network["nodes"]]
    layers = {node["name"]: node["layer"] for node in network["nodes"]}
    assert (layers["x1"], layers["a_1"], layers["h_1"], layers["z"], layers["pred"]) == (0, 1, 2, 3, 4)
    edges = {(nodes[edge["from"]], nodes[edge["to"]]): edge.get("parameter") for edge in network["edges"]}
    parameters = RELU_NETWORK.training.parameters
    assert parameters[edges["x1", "a_2"]] == "w1_2_1" and parameters[edges["h_3", "z"]] == "w2_3"
    assert edges["a_1", "h_1"] is None


def test_only_a_page_with_an_exercise_carries_what_judges_formulas(tmp_path):
    pages = {}
    for name in ("lr_find", "adam"):
        assert run(name, "--out", tmp_path / f"{name}.html").exit_code == 0
        pages[name] = (tmp_path / f"{name}.html").read_text()
    assert "class Judge" in pages["adam"] and "class Judge" not in pages["lr_find"]
