"""`xlsgd.verify`: which models Torch knows, and one name in place of several."""

import pytest
from sample_models import SAMPLES

import xlsgd
from xlsgd.library import verify as module


@pytest.fixture
def asked(monkeypatch):
    calls = []
    monkeypatch.setattr(module.check, "verify", lambda *args: calls.append(args) or "report")
    return calls


@pytest.mark.parametrize("engines", ["ironcalc", ["ironcalc"], ("ironcalc",)])
def test_one_name_or_several(asked, engines, tmp_path):
    assert xlsgd.verify(str(tmp_path / "a.xlsx"), engines, oracles="torch") == "report"
    ((path, named, oracles, *_),) = asked
    assert path == tmp_path / "a.xlsx" and list(named) == ["ironcalc"] and list(oracles) == ["torch"]


def test_the_lessons_line_is_always_known_and_other_models_beside_it(asked):
    one, other = SAMPLES["parabola"][0], SAMPLES["wave"][0]
    for models, names in (((), []), (one, ["parabola"]), ([one, other], ["parabola", "wave"])):
        xlsgd.verify("a.xlsx", models=models)
        assert [known.name for known in asked[-1][3]] == ["line", *names]


def test_ironcalc_alone_is_asked_by_default(asked):
    xlsgd.verify("a.xlsx")
    assert list(asked[0][1]) == ["ironcalc"] and not asked[0][2]
