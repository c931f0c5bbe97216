"""The sheet `embedding`: ratings of users and films; a one-hot times a matrix is a lookup, and only its row moves."""

import random
from collections.abc import Iterable
from typing import Any

from xlsgd.functions import Value, dot, if_equal, index, named, sigmoid, sum_of_products
from xlsgd.losses import squared_error
from xlsgd.models import Model
from xlsgd.points.points import Points
from xlsgd.sheets.description import FOUR_PLACES, GENERAL, GIVEN, TWO_PLACES, Chart, Place, Shade
from xlsgd.sheets.trainings import training_of
from xlsgd.symbols.cells import area, at
from xlsgd.symbols.expression import Expression
from xlsgd.symbols.references import column_letters
from xlsgd.workbooks.network.lesson import CHART_ROWS, Lesson, LessonCells

USERS, FILMS, FACTORS, GREATEST = 3, 4, 2, 5.5
RATED = ((5, 4, 1, None), (4, 5, None, 1), (1, None, 5, 4))
"""Each user's ratings of the films; one of each user's is left for the model to guess."""


def _ratings() -> Points:
    """Return the ratings in an order at random."""
    rows = [(u, f, r) for u, own in enumerate(RATED, start=1) for f, r in enumerate(own, start=1) if r is not None]
    random.Random(1).shuffle(rows)
    user, film, rating = (list(map(float, column)) for column in zip(*rows, strict=True))
    return Points(user=user, film=film, rating=rating)


def _start() -> dict[str, Any]:
    """Return the starting values: factors at random within 0.5, no biases."""
    source = random.Random(3)

    def matrix(rows: int) -> list[list[float]]:
        return [[round(source.uniform(-0.5, 0.5), 2) for _ in range(FACTORS)] for _ in range(rows)]

    return {"P": matrix(USERS), "Q": matrix(FILMS), "bu": [0.0] * USERS, "bf": [0.0] * FILMS}


def _one_hot(name: str, number: Value, rows: int) -> list[Value]:
    """Return 1 at the place of a number, from 1, and 0 elsewhere."""
    return named(f"{name} is", [if_equal(number, k, 1, 0) for k in range(1, rows + 1)])  # type: ignore[no-any-return]


def _predict(k: Any, user: Value, film: Value) -> Value:
    is_user, is_film = _one_hot("user", user, USERS), _one_hot("film", film, FILMS)
    p = named("p", [dot(is_user, [row[i] for row in k.P]) for i in range(FACTORS)])
    q = named("q", [dot(is_film, [row[i] for row in k.Q]) for i in range(FACTORS)])
    biases = named("user bias", dot(is_user, k.bu)), named("film bias", dot(is_film, k.bf))
    return GREATEST * named("share", sigmoid(named("z", dot(p, q) + biases[0] + biases[1])))


MODEL = Model("embedding", ("user", "film"), _start(), _predict, squared_error, targets=("rating",))


class _Side:
    """The lookup of a user or of a film, side by side with the one-hot product."""

    def __init__(self, cells: LessonCells, what: str, matrix: str, bias: str, rows: int, left: int) -> None:
        self.top, self.what, self.rows = cells.free, what, rows
        self.entries = [[f"{matrix}_{k}_{i}" for i in (1, 2)] + [f"{bias}_{k}"] for k in range(1, rows + 1)]
        self.starts = [[at(cells.start(name)) for name in names] for names in self.entries]
        self.letters = [column_letters(left + i) for i in range(5)]

    def row(self, index: int) -> list[Expression]:
        """Return the cells of the matrix's row: both factors and the bias."""
        return [at(f"{letter}{self.top + 4 + index}") for letter in self.letters[2:]]

    def places(self, chosen: float) -> Iterable[Place]:
        """Yield the chosen number, its one-hot, the matrix, and the row by product and by lookup."""
        name, hot, *columns = self.letters
        first, last = self.top + 4, self.top + 3 + self.rows
        number = at(f"{name}{self.top + 1}", fixed=True)
        yield Place(f"{name}{self.top}", f"{self.what} to look up", style="heading")
        yield Place(f"{name}{self.top + 1}", key=self.what, value=chosen, style="entry")
        for letter, text in zip(self.letters, (self.what, "one-hot", "factor 1", "factor 2", "bias"), strict=True):
            yield Place(f"{letter}{first - 1}", text, style="heading")
        for k, row in enumerate(range(first, last + 1), start=1):
            yield Place(f"{name}{row}", value=float(k), style=GIVEN)
            yield Place(f"{hot}{row}", formula=if_equal(number, at(f"{name}{row}"), 1, 0))
            for letter, start in zip(columns, self.starts[k - 1], strict=True):
                yield Place(f"{letter}{row}", formula=start, format=FOUR_PLACES)
        yield Place(f"{name}{last + 1}", "one-hot times matrix", style="note")
        yield Place(f"{name}{last + 2}", "lookup", style="note")
        hots = area(f"{hot}{first}:{hot}{last}", fixed=True)
        for letter in columns:
            column = area(f"{letter}{first}:{letter}{last}")
            product = sum_of_products(hots, 0, column, 0)
            yield Place(f"{letter}{last + 1}", formula=product, format=FOUR_PLACES)
            yield Place(f"{letter}{last + 2}", formula=index(column, number), format=FOUR_PLACES)


LEFT_USER, LEFT_FILM, LEFT_GRID = 7, 13, 19
"""The columns where both lookups and the table of ratings begin, right of the chart."""


def _places(cells: LessonCells) -> Iterable[Place]:
    users = _Side(cells, "user", "P", "bu", USERS, LEFT_USER)
    films = _Side(cells, "film", "Q", "bf", FILMS, LEFT_FILM)
    yield from users.places(2.0)
    yield from films.places(3.0)
    yield Place(f"{column_letters(LEFT_GRID)}{cells.free}", "what each user would give each film", style="bold")
    for f in range(FILMS):
        yield Place(f"{column_letters(LEFT_GRID + 1 + f)}{cells.free + 1}", f"film {f + 1}", style="heading")
    for u in range(USERS):
        yield Place(f"{column_letters(LEFT_GRID)}{cells.free + 2 + u}", f"user {u + 1}", style="heading")
        for f in range(FILMS):
            (p1, p2, bu), (q1, q2, bf) = users.row(u), films.row(f)
            rating = GREATEST * sigmoid(p1 * q1 + p2 * q2 + bu + bf)
            place = f"{column_letters(LEFT_GRID + 1 + f)}{cells.free + 2 + u}"
            yield Place(place, formula=rating, format=TWO_PLACES)


def _shades(cells: LessonCells) -> Iterable[Shade]:
    first, last = column_letters(LEFT_GRID + 1), column_letters(LEFT_GRID + FILMS)
    yield Shade(f"{first}{cells.free + 2}:{last}{cells.free + 1 + USERS}", ("#FFFFFF", "#009E73"), (0.0, GREATEST))


def _charts(cells: LessonCells) -> Iterable[Chart]:
    yield cells.by_epoch("Mean squared error by epoch", "loss", f"A{cells.free}", 5)


EMBEDDING = Lesson(
    title="Embeddings: a lookup that is a matrix product that learns",
    text="""
Three users have rated films from 1 to 5. Each user has two factors and a bias (P, bu), each film too (Q, bf), all
of them weights. A rating is predicted by the dot product of the user's and the film's factors, plus both biases,
through a sigmoid that is stretched to 0 to 5.5, so that a 5 is within reach.

Which factors? Those of the user's row. A one-hot (1 at the user, 0 elsewhere) times the matrix gives that row; to
look it up gives the same numbers and saves all the zeros. That is all an embedding is: the table on the right has
both, side by side. In the rows below, a step moves only the rows that were looked up: the derivative by all others
is 0.

Try it: choose another user and film to look up; step through the epochs and see the table of all ratings fill, the
three that nobody gave (user 1 film 4, user 2 film 3, user 3 film 2) too. The ratings are made up; the factors start
at random within 0.5, seed 3, the biases at 0.
""",
    training=training_of(MODEL, "sgd", knobs={"lr": 0.1}),
    points=_ratings(),
    epochs=12,
    epoch=12,
    gap=CHART_ROWS + 2,
    charts=_charts,
    places=_places,
    shades=_shades,
    format=FOUR_PLACES,
    formats=dict.fromkeys(("user", "film", "rating"), GENERAL),
)
