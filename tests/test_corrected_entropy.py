"""The corrected entropy sheets against torch.nn.functional, in the workbook as IronCalc recalculates it."""

import pytest
import torch
import torch.nn.functional as F
from corrected_books import Recalculated

from xlsgd.sheets.entropy import IMAGE_1, IMAGE_2
from xlsgd.workbooks.corrected.entropy import IS_CAT_AND_SURE, PREDS_AND_SURE, sigmoid
from xlsgd.workbooks.corrected.workbook import build

EXTREME = (1000.0, -1000.0, 999.0, 0.0, 1e300)
CLOSE = {"rel": 1e-12, "abs": 1e-15}
"""Another library's logarithms and sums may differ in the last bits; the absolute part is for what is 0 in one."""


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return build("entropy", tmp_path_factory.mktemp("corrected"))


@pytest.fixture
def book(path):
    return Recalculated(path)


def tensor(values):
    return torch.tensor(values, dtype=torch.float64)


@pytest.mark.parametrize(
    "outputs", [IMAGE_1, IMAGE_2, EXTREME, (1000.0,) * 5, (-1000.0, -1001.0, -999.0, -1000.0, -1e5)], ids=str
)
@pytest.mark.parametrize(("letters", "binary", "single"), [("BCDE", "K", "B"), ("GHIJ", "L", "G")])
def test_softmax_its_logarithm_and_the_loss_are_torchs(outputs, letters, binary, single, book):
    book.put({f"softmax!{letters[0]}{3 + i}": output for i, output in enumerate(outputs)})
    assert book.column("softmax", letters[2], 3, 7) == pytest.approx(F.softmax(tensor(outputs), 0).tolist(), **CLOSE)
    logs = F.log_softmax(tensor(outputs), 0).tolist()
    assert book.column("softmax", letters[3], 3, 7) == pytest.approx(logs, **CLOSE)
    assert book.column("softmax", binary, 3, 7) == pytest.approx(torch.sigmoid(tensor(outputs)).tolist(), **CLOSE)
    for target in range(5):
        book.put({f"softmax!{single}10": float(target + 1)})
        loss = F.cross_entropy(tensor(outputs)[None], torch.tensor([target])).item()
        assert book[f"softmax!{single}11"] == pytest.approx(loss, **CLOSE)


def test_the_mean_loss_of_both_images_is_torchs(book):
    book.put({"softmax!B10": 2.0, "softmax!G10": 5.0})
    loss = F.cross_entropy(tensor([IMAGE_1, IMAGE_2]), torch.tensor([1, 4])).item()
    assert book["softmax!B12"] == pytest.approx(loss, **CLOSE)


PREDICTIONS = [PREDS_AND_SURE, (0.0, 1.0, 0.0, 1.0, 1e-300, 1e-20, 0.3, 1.0)]


@pytest.mark.parametrize("preds", PREDICTIONS, ids=str)
def test_binary_cross_entropy_is_torchs_on_both_sheets(preds, book):
    for sheet, letter in (("entropy", "C"), ("log_entropy", "D")):
        book.put({f"{sheet}!{letter}{2 + i}": p for i, p in enumerate(preds)})
    losses = F.binary_cross_entropy(tensor(preds), tensor(IS_CAT_AND_SURE), reduction="none").tolist()
    mean = F.binary_cross_entropy(tensor(preds), tensor(IS_CAT_AND_SURE)).item()
    for sheet, letter in (("entropy", "D"), ("entropy", "E"), ("log_entropy", "G")):
        assert book.column(sheet, letter, 2, 9) == pytest.approx(losses, **CLOSE)
        assert book[f"{sheet}!{letter}10"] == pytest.approx(mean, **CLOSE)
    assert book.column("log_entropy", "I", 2, 9) == pytest.approx([-loss for loss in losses], **CLOSE)


def test_the_picked_logarithm_is_torchs_nll(book):
    logs = zip(*(book.column("log_entropy", letter, 2, 9) for letter in "EF"), strict=True)
    target = torch.tensor([1 - int(y) for y in IS_CAT_AND_SURE])
    assert book["log_entropy!G10"] == pytest.approx(F.nll_loss(tensor(list(logs)), target).item(), **CLOSE)
    assert book.column("log_entropy", "H", 2, 9) == [1 + t for t in target.tolist()]


def test_the_base_and_the_floor_are_cells(book):
    # Base 10 gives the course's loss of the first row, 0.30103; a floor of -1 bounds the sure and wrong row.
    book.put({"entropy!G2": 10.0, "log_entropy!K2": 10.0, "entropy!H2": -1.0, "log_entropy!L2": -1.0})
    for address in ("entropy!D2", "entropy!E2", "log_entropy!G2"):
        assert book[address] == pytest.approx(0.30102999566398120, rel=1e-12)
    for address in ("entropy!D9", "entropy!E9", "log_entropy!G9"):
        assert book[address] == pytest.approx(0.43429448190325176, rel=1e-12)


def test_the_sigmoid_neither_overflows_nor_leaves_its_bounds():
    assert [sigmoid(x) for x in (-1e308, -745.0, 0.0, 745.0, 1e308)] == pytest.approx([0, 0, 0.5, 1, 1], abs=1e-300)
