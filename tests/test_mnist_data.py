"""The images: the same from every source, and refused in one clear line where they are not what they should be."""

import gzip
import pickle
import struct

import numpy as np
import pytest
from mnist_support import real_mnist, write_idx

from xlsgd.errors import InputError
from xlsgd.mnist import data, idx

MNIST_DIGITS = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
"""How often each digit stands among MNIST's 60,000 (LeCun's page)."""


def write_folder(folder, count=60, side=4, suffix="", seed=0):
    random = np.random.default_rng(seed)
    for part, n in (("train", count), ("t10k", 10)):
        write_idx(folder / f"{part}-images-idx3-ubyte{suffix}", random.integers(0, 256, (n, side, side)))
        write_idx(folder / f"{part}-labels-idx1-ubyte{suffix}", random.integers(0, 10, n))


def write_pickle(path, change=lambda parts: parts, count=50):
    random = np.random.default_rng(0)
    parts = [
        [(random.integers(0, 256, (n, 16)) / 256).astype(np.float32), random.integers(0, 10, n)]
        for n in (count, 10, 10)
    ]
    parts = change(parts)
    path.write_bytes(gzip.compress(pickle.dumps(tuple(map(tuple, parts)), 2)))
    return path


def refusal(path):
    with pytest.raises(InputError) as caught:
        data.load(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_the_bundled_digits_are_those_of_uci(monkeypatch):
    monkeypatch.delenv(data.ENVIRONMENT, raising=False)
    digits = data.load()
    assert digits.name == data.BUNDLED
    assert digits.train.images.shape == (1500, 64)
    assert digits.valid.images.shape == (297, 64)
    labels = np.concatenate([digits.train.labels, digits.valid.labels])
    # The published class counts of optdigits.tes, and its first row.
    assert np.bincount(labels).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert digits.train.images[0, :8].tolist() == [0, 0, 5, 13, 9, 1, 0, 0]
    assert digits.train.images.max() * digits.scale == 1.0


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_idx_is_split_as_mnist_and_divided_by_256(tmp_path, suffix):
    write_folder(tmp_path, suffix=suffix)
    digits = data.load(tmp_path)
    assert (len(digits.train.labels), len(digits.valid.labels), digits.pixels) == (50, 10, 16)
    assert digits.scale == 1 / 256
    assert digits.train.images.dtype == np.uint8


@pytest.mark.parametrize("suffix", ["", ".gz"])
@pytest.mark.parametrize("inner", [".", "raw", "MNIST/raw"])
def test_idx_under_the_names_and_in_the_folders_that_others_give_them(tmp_path, suffix, inner):
    """Unpacked by some programs with a dot; where torchvision puts them; and one of the two is enough."""
    (tmp_path / "plain").mkdir()
    write_folder(tmp_path / "plain")
    folder = tmp_path / "other" / inner
    folder.mkdir(parents=True)
    write_folder(folder, suffix=suffix)
    for path in list(folder.glob("train-*")):
        path.rename(folder / path.name.replace("-idx", ".idx"))
    assert data.load(tmp_path / "other").digest() == data.load(tmp_path / "plain").digest()


@pytest.mark.parametrize("name", ["mnist.pkl.gz", "train-images-idx3-ubyte"])
def test_a_git_lfs_pointer_is_called_that(tmp_path, name):
    write_folder(tmp_path)
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 9912422\n"
    (tmp_path / name).write_text(pointer)
    path = tmp_path / name if name.startswith("mnist") else tmp_path
    said = refusal(path)
    assert name in said and "a Git LFS pointer" in said and "git lfs pull" in said


def test_the_environment_names_the_data_when_no_path_does(tmp_path, monkeypatch):
    write_folder(tmp_path)
    monkeypatch.setenv(data.ENVIRONMENT, str(tmp_path))
    assert data.load().name == str(tmp_path)


def test_a_pickle_in_256ths_is_held_in_bytes_and_any_other_as_it_is(tmp_path):
    digits = data.load(write_pickle(tmp_path / "a.pkl.gz"))
    assert (digits.train.images.dtype, digits.scale) == (np.uint8, 1 / 256)

    def finer(parts):
        return [[images * np.float32(0.999), labels] for images, labels in parts]

    digits = data.load(write_pickle(tmp_path / "b.pkl.gz", finer))
    assert (digits.train.images.dtype, digits.scale) == (np.float32, 1.0)


def test_a_folder_may_hold_the_pickle(tmp_path):
    write_pickle(tmp_path / "mnist.pkl.gz")
    assert len(data.load(tmp_path).train.labels) == 50


def changed(index, value, part=0, which=0):
    def change(parts):
        parts[part][which][index] = value
        return parts

    return change


BAD_PICKLES = {
    "NaN": (changed((3, 7), np.nan), "pixel of image 3 is nan"),
    "above 1": (changed((2, 0), 1.5), "pixel of image 2 is 1.5"),
    "below 0": (changed((2, 0), -0.1, part=1), "validation pixel of image 2"),
    "label 10": (changed(4, 10, which=1), "label of image 4 is 10"),
    "label -1": (changed(4, -1, part=2, which=1), "test label of image 4 is -1"),
    "lengths": (lambda p: [[p[0][0], p[0][1][:-1]], *p[1:]], "50 training images but 49 labels"),
    "float64": (lambda p: [[p[0][0].astype(np.float64), p[0][1]], *p[1:]], "float32"),
    "not square": (lambda p: [[i[:, :15].copy(), labels] for i, labels in p], "15 pixels"),
    "other sizes": (lambda p: [p[0], [p[1][0][:, :9].copy(), p[1][1]], p[2]], "differ in size"),
    "two sets": (lambda p: p[:2], "three pairs"),
    "swapped": (lambda p: [[labels, images] for images, labels in p], "images are not rows of float32"),
}


@pytest.mark.parametrize("name", BAD_PICKLES)
def test_bad_arrays_are_refused_with_their_place(tmp_path, name):
    change, message = BAD_PICKLES[name]
    path = write_pickle(tmp_path / "mnist.pkl.gz", change)
    assert message in refusal(path)
    assert str(path) in refusal(path)


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(data, "MAX_BYTES", 2**20)
    path = tmp_path / "mnist.pkl.gz"
    path.write_bytes(gzip.compress(bytes(2**24)))
    assert "more than 1,048,576 bytes" in refusal(path)


@pytest.mark.parametrize("cut", [3, 30, -1])
def test_a_gzip_cut_short_is_refused(tmp_path, cut):
    path = write_pickle(tmp_path / "mnist.pkl.gz")
    path.write_bytes(path.read_bytes()[:cut])
    assert str(path) in refusal(path)


BAD_IDX = {
    "magic": (b"\0\0\x09\x03" + struct.pack(">III", 1, 4, 4) + bytes(16), "not an IDX file"),
    "dimensions": (b"\0\0\x08\x01" + struct.pack(">I", 16) + bytes(16), "not an IDX file"),
    "short": (b"\0\0\x08\x03" + struct.pack(">III", 60, 4, 4) + bytes(959), "says 960 bytes, it holds 959"),
    "long": (b"\0\0\x08\x03" + struct.pack(">III", 60, 4, 4) + bytes(961), "says 960 bytes, it holds 961"),
    "huge": (b"\0\0\x08\x03" + struct.pack(">III", 2**32 - 1, 2**32 - 1, 2**32 - 1), "it holds 0"),
    "empty": (b"", "not an IDX file"),
    "no images": (b"\0\0\x08\x03" + struct.pack(">III", 0, 4, 4), "says 0 bytes"),
    "too few": (b"\0\0\x08\x03" + struct.pack(">III", 59, 4, 4) + bytes(944), "59 training images but 60 labels"),
}


@pytest.mark.parametrize("name", ["train-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte"])
def test_an_idx_file_in_place_of_its_folder_is_called_that(tmp_path, name):
    shape = (60, 4, 4) if "images" in name else (60,)
    write_idx(tmp_path / name, np.zeros(shape))
    assert refusal(tmp_path / name).endswith("one of MNIST's four IDX files; give the folder of all four")


@pytest.mark.parametrize("name", BAD_IDX)
def test_bad_idx_files_are_refused(tmp_path, name):
    content, message = BAD_IDX[name]
    write_folder(tmp_path)
    (tmp_path / "train-images-idx3-ubyte").write_bytes(content)
    assert message in refusal(tmp_path)


def test_an_idx_label_out_of_range_is_refused(tmp_path):
    write_folder(tmp_path)
    write_idx(tmp_path / "train-labels-idx1-ubyte", np.full(60, 10))
    assert "label of image 0 is 10" in refusal(tmp_path)


def test_missing_files_are_named(tmp_path):
    assert "no such file" in refusal(tmp_path / "nowhere")
    write_folder(tmp_path)
    (tmp_path / "t10k-labels-idx1-ubyte").unlink()
    assert "t10k-labels-idx1-ubyte" in refusal(tmp_path)


def test_an_idx_bomb_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(idx, "MAX_BYTES", 2**20)
    write_folder(tmp_path)
    (tmp_path / "train-images-idx3-ubyte").write_bytes(gzip.compress(bytes(2**24)))
    assert "more than 1,048,576 bytes" in refusal(tmp_path)


@real_mnist
def test_real_mnist_is_the_same_from_its_pickle_and_from_idx():
    digits = data.load()
    folder = data.Path(digits.name)
    folder = folder if folder.is_dir() else folder.parent
    by_pickle, by_idx = data.from_pickle(folder / "mnist.pkl.gz"), data.from_idx(folder)
    assert by_pickle.digest() == by_idx.digest()
    assert by_idx.train.images.shape == (50_000, 784)
    assert by_idx.valid.images.shape == (10_000, 784)
    labels = np.concatenate([by_idx.train.labels, by_idx.valid.labels])
    assert np.bincount(labels).tolist() == MNIST_DIGITS
