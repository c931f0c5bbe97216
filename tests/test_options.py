"""What the commands share: arguments named as options, whole numbers, and what is said of points."""

import doctest
import time
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from xlsgd.commands import options
from xlsgd.commands.options import PointsOptions, WholeNumber, as_options, points_options
from xlsgd.errors import InputError
from xlsgd.points.points import LESSON_POINTS


def test_the_docstrings_examples_hold():
    results = doctest.testmod(options)
    assert results.attempted and not results.failed


@pytest.mark.parametrize(
    ("message", "shown"),
    [("`x` area `y` price", "--x area --y price"), ("`A2` and `2x`", "`A2` and `2x`"), ("no argument", "no argument")],
)
def test_only_an_argument_becomes_an_option(message, shown):
    assert as_options(message) == shown


@pytest.mark.parametrize(
    ("number", "value", "says"),
    [
        (WholeNumber(min=1), "0", "--n 0: give a whole number, 1 or more"),
        (WholeNumber(min=1, max=5000), "9999", "--n 9999: give a whole number from 1 to 5,000"),
        (WholeNumber(min=1), "2.5", "--n 2.5: give a whole number, 1 or more"),
        (WholeNumber(min=1), "two", "--n two: give a whole number, 1 or more"),
    ],
)
def test_what_is_no_whole_number_within_the_bounds(number, value, says):
    @click.command()
    @click.option("--n", type=number)
    def command(n):
        click.echo(n)

    result = CliRunner().invoke(command, ["--n", value])
    assert isinstance(result.exception, InputError) and str(result.exception) == says
    assert CliRunner().invoke(command, ["--n", "3"]).output == "3\n"


def points(data=None, worksheet=None, decimal=None, x=None, y=None, standardize=False):
    return PointsOptions(data, worksheet, decimal, x, y, standardize)


def test_without_a_file_the_lessons_points():
    assert points().read() is LESSON_POINTS
    assert points(standardize=True).read().own is LESSON_POINTS


def test_what_is_said_of_a_file_is_how_it_is_read(tmp_path):
    (tmp_path / "a.csv").write_text("area;price\n1,5;2\n")
    found = points(data=tmp_path / "a.csv", decimal=",", x="area", y="price").read()
    assert (list(found.x), list(found.y)) == ([1.5], [2.0])


@pytest.mark.parametrize(
    ("given", "says"),
    [({"x": "area"}, "`x` area"), ({"worksheet": "May"}, "`worksheet` May"), ({"decimal": ","}, "`decimal` ,")],
)
def test_what_is_said_of_no_file(given, says):
    with pytest.raises(InputError, match=f"^{says}: there is no file that it is about; add `data`$"):
        points(**given).read()


def test_a_command_gets_its_points_as_one_argument():
    seen = []

    @click.command()
    @points_options
    @click.argument("sheet")
    def command(sheet, given):
        seen.append((sheet, given))

    result = CliRunner().invoke(command, ["adam", "--data", "a.csv", "--x", "area", "--standardize"])
    assert result.exit_code == 0 and seen == [("adam", points(data=Path("a.csv"), x="area", standardize=True))]
    assert CliRunner().invoke(command, ["adam", "--decimal", ";"]).exit_code == 2


def test_what_cannot_be_standardized_is_told_of_the_file(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("area,y\n1,2\n1,3\n")
    given = PointsOptions(path, None, None, "area", None, True)
    with pytest.raises(InputError) as caught:
        given.read()
    assert str(caught.value) == f"{path}: column area: all its values are 1, which has no deviation to bring to 1"


def test_that_libreoffice_reads_a_file_is_told(monkeypatch, capsys):
    monkeypatch.setattr("xlsgd.commands.progress.BETWEEN_LINES", 0.01)
    monkeypatch.setattr("xlsgd.points.read.read_points", lambda *path, **said: time.sleep(0.5))
    points(data=Path("a.csv")).read()
    assert capsys.readouterr().err == ""
    points(data=Path("a.ods")).read()
    assert "LibreOffice reads a.ods" in capsys.readouterr().err
