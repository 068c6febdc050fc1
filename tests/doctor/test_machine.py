"""The machine: clocks, files, disk."""

import os
from types import SimpleNamespace

import pytest

from microblog.doctor import machine


@pytest.mark.parametrize(("late", "level"), [(-3, "wrong"), (-1.5, "fine"), (0, "fine"), (1.5, "fine"), (3, "wrong")])
def test_each_clock_is_compared(patient, told, store, late, level):
    assert machine.clock(patient).level == "fine"
    told(now=patient.probe["now"] + late)
    assert machine.clock(patient).level == level
    if level == "wrong":
        assert f"the application {late:+d} s" in machine.clock(patient).seen
        assert "timedatectl" in machine.clock(patient).mend
    told(now=patient.probe["now"] - late)
    store(now=patient.store["now"] + late)
    found = machine.clock(patient)
    assert (found.level, "the application" in found.seen) == (level, level == "fine")


@pytest.fixture
def root(patient, tmp_path):
    """A checkout of one's own."""
    patient.root = tmp_path
    return tmp_path


@pytest.mark.parametrize(("mode", "level"), [(0o600, "fine"), (0o640, "fine"), (0o644, "wrong"), (0o602, "wrong")])
@pytest.mark.parametrize("name", [".env", "var/secret_key"])
def test_who_may_read_secrets(patient, root, name, mode, level):
    assert machine.env(patient).seen.startswith("There is no .env")
    (root / "var").mkdir()
    (root / name).write_text("SECRET_KEY=hidden")
    (root / name).chmod(mode)
    found = machine.env(patient)
    assert (found.level, f"chmod 600 {root / name}" in found.mend) == (level, level == "wrong")
    assert "hidden" not in found.seen + found.mend


def test_catalogues_that_are_not_compiled(patient, root):
    assert machine.catalogues(patient).level == "fine", "where there are none"
    folder = root / "microblog" / "locale" / "ko" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "messages.po").write_text("")
    found = machine.catalogues(patient)
    assert (found.level, "ko are not compiled" in found.seen, "translate compile" in found.mend) == ("warning", True, True)
    (folder / "messages.mo").write_text("")
    assert machine.catalogues(patient).level == "fine"
    os.utime(folder / "messages.mo", (1, 1))
    assert "older than their texts" in machine.catalogues(patient).seen


@pytest.mark.parametrize(("free", "level"), [(2 * 2**30, "fine"), (500 * 2**20, "warning"), (2**20, "wrong")])
def test_room_on_the_disk(patient, monkeypatch, free, level):
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda path: SimpleNamespace(free=free))
    found = machine.disk(patient)
    assert (found.level, "Make room" in found.mend) == (level, level != "fine")
