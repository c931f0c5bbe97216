"""Where LibreOffice is found, what its Python is not told, and that nothing of it is left when it was run."""

import stat
import subprocess
import time
from pathlib import Path

import pytest

from xlsgd.reading import office
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


# ---- run and ended ------------------------------------------------------------------------------------------------

STAND_IN = """#!/bin/sh
{before}
sleep 1000 &
echo $! > {folder}/child
wait
"""


def stand_in(folder, before=""):
    """A program that, as soffice does, starts another one and waits for it."""
    path = folder / "soffice"
    path.write_text(STAND_IN.format(before=before, folder=folder))
    path.chmod(0o755)
    return str(path)


def is_alive(pid):
    """Whether a process runs; one that has ended may wait to be collected where this runs in a container."""
    try:
        return Path("/proc", pid, "stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes as Linux shows them")
@pytest.mark.parametrize("before", ["", "trap '' TERM"])
def test_what_takes_too_long_is_ended_with_what_it_started(tmp_path, monkeypatch, before):
    """Also where both ignore that they are asked to."""
    monkeypatch.setattr(office, "TO_END", 0.5)
    with pytest.raises(subprocess.TimeoutExpired):
        office.run_office(stand_in(tmp_path, before), [], tmp_path, limit=2.0)
    child = (tmp_path / "child").read_text().strip()
    wait_until(lambda: not is_alive(child))


def wait_until(condition):
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_what_fails_and_what_is_not_there(tmp_path):
    path = Path(stand_in(tmp_path))
    path.write_text("#!/bin/sh\nexit 3\n")
    with pytest.raises(subprocess.CalledProcessError):
        office.run_office(str(path), [], tmp_path, limit=20.0)
    with pytest.raises(OSError):
        office.run_office(str(tmp_path / "missing"), [], tmp_path, limit=20.0)


def test_what_it_is_asked_is_what_it_is_given(tmp_path):
    path = Path(stand_in(tmp_path))
    path.write_text(f'#!/bin/sh\necho "$TMPDIR" "$@" > {tmp_path}/asked\n')
    office.run_office(str(path), ["--convert-to", "xlsx"], tmp_path, limit=20.0)
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    wanted = f"{tmp_path} {profile} --headless --norestore --convert-to xlsx\n"
    assert (tmp_path / "asked").read_text() == wanted
