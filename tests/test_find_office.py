"""Whether LibreOffice is there, and a Python that can talk to it."""

import stat
import sys

import pytest

from xlsgd.verifying.engines import EngineError, find_office
from xlsgd.verifying.engines.find_office import find_python, installed, is_installed, place_has_uno


def python(folder, name, status):
    """A program that ends with a status, whatever it is asked."""
    path = folder / name
    path.write_text(f"#!/bin/sh\nexit {status}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def test_without_libreoffice_it_says_how_to_install_it(monkeypatch):
    monkeypatch.setattr(find_office, "find_soffice", lambda: None)
    with pytest.raises(EngineError, match=r"LibreOffice is not installed: install it \(Debian: apt-get install"):
        installed()
    assert not is_installed()


def test_without_its_bridge_it_says_that(monkeypatch):
    monkeypatch.setattr(find_office, "find_soffice", lambda: "/opt/soffice")
    monkeypatch.setattr(find_office, "find_python", lambda soffice: None)
    with pytest.raises(EngineError, match=r"LibreOffice is here \(/opt/soffice\), its Python bridge `uno` is not"):
        installed()
    assert not is_installed()


def test_both_are_told(monkeypatch):
    monkeypatch.setattr(find_office, "find_soffice", lambda: "/opt/soffice")
    monkeypatch.setattr(find_office, "find_python", lambda soffice: "/opt/python")
    assert installed() == ("/opt/python", "/opt/soffice") and is_installed()


def test_a_python_that_can_import_the_bridge_is_known_by_trying(tmp_path):
    assert place_has_uno(str(python(tmp_path, "able", 0)))
    assert not place_has_uno(str(python(tmp_path, "unable", 1))) and not place_has_uno(str(tmp_path / "none"))


def test_this_python_first_and_then_libreoffices_own(tmp_path, monkeypatch):
    monkeypatch.setattr(find_office.importlib.util, "find_spec", lambda name: name == "uno")
    assert find_python(str(tmp_path / "a" / "soffice")) == sys.executable
    monkeypatch.setattr(find_office.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(find_office, "place_has_uno", lambda place: place == str(tmp_path / "python"))
    assert find_python(str(tmp_path / "soffice")) == str(tmp_path / "python")
    monkeypatch.setattr(find_office, "place_has_uno", lambda place: False)
    assert find_python(str(tmp_path / "b" / "soffice")) is None
