"""lanes: a lane stays in a folder, begins one where nobody is, and helps where all are taken."""

import pytest

from .lanes import best, folder_of

FILES = [
    "tests/core/test_a.py",
    "tests/deploy/test_a.py",
    "tests/deploy/test_b.py",
    "tests/faces/web/test_a.py",
    "tests/test_a.py",
]


@pytest.mark.parametrize(
    ("here", "taken", "wanted"),
    [
        (None, set(), "tests/deploy/test_a.py"),
        (None, {"deploy"}, "tests/faces/web/test_a.py"),
        ("", set(), "tests/test_a.py"),  # the rooms' own files are a folder like others
        ("core", {"deploy"}, "tests/core/test_a.py"),
        ("faces", {"deploy"}, "tests/faces/web/test_a.py"),
        ("browser", set(), "tests/deploy/test_a.py"),
        ("browser", {"deploy"}, "tests/faces/web/test_a.py"),
        ("browser", {"deploy", "faces", "core", ""}, "tests/deploy/test_a.py"),
    ],
)
def test_the_file_that_suits_a_lane(here, taken, wanted):
    assert best(FILES, here, taken) == wanted


def test_a_folder_is_a_room():
    assert [folder_of(file) for file in FILES] == ["core", "deploy", "deploy", "faces", ""]
