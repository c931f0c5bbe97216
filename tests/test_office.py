"""Where LibreOffice is found, and what its Python is not told."""

import stat

from xlsgd.reading.office import find_soffice, foreign_environment


def program(folder, name):
    path = folder / name
    path.write_text("#!/bin/sh\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_it_is_found_on_the_path_under_either_name(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PROGRAMFILES", str(tmp_path / "none"))
    assert find_soffice() is None
    other = program(tmp_path, "libreoffice")
    assert find_soffice() == other
    assert find_soffice() != program(tmp_path, "soffice.txt")
    assert program(tmp_path, "soffice") == find_soffice(), "its own name first"


def test_where_windows_has_it(tmp_path, monkeypatch):
    folder = tmp_path / "LibreOffice" / "program"
    folder.mkdir(parents=True)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("PROGRAMFILES", str(tmp_path))
    assert find_soffice() is None
    assert program(folder, "soffice.exe") == find_soffice()


def test_the_settings_of_this_python_are_kept_from_another_one(monkeypatch):
    for name in ("PYTHONPATH", "PYTHONHOME", "XLSGD_KEPT"):
        monkeypatch.setenv(name, "x")
    found = foreign_environment()
    assert found["XLSGD_KEPT"] == "x" and not {"PYTHONPATH", "PYTHONHOME"} & set(found)
