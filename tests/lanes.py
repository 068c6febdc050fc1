"""Lanes: the files of the suite side by side, in several processes of pytest-xdist, each with a Postgres of its own.

A file stays together, for what its tests share is made once. A lane stays in the folder where it is, for there it has its
installations and its browser, as long as there are files left in it; then it begins one where nobody is, and in the end it
helps the others. `python3 -m microblog test` without further words begins them.
"""

from pathlib import PurePosixPath

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

# Where tests take longest, for what begins last should be short.
LONGEST_FIRST = ("deploy", "browser", "faults", "bench", "commands", "doctor", "faces", "core")


class Lanes(LoadScopeScheduling):
    """Gives each lane the file that suits it best whenever it has nearly done what it has."""

    def __init__(self, config: pytest.Config, log: Producer) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False
        self.folders: dict[WorkerController, str] = {}

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.partition("::")[0]

    def _assign_work_unit(self, node: WorkerController) -> None:
        here = self.folders.get(node)
        taken = {folder for lane, folder in self.folders.items() if lane is not node and lane in self.assigned_work}
        file = best(list(self.workqueue), here, taken)
        self.workqueue.move_to_end(file, last=False)
        self.folders[node] = folder_of(file)
        super()._assign_work_unit(node)

    def remove_node(self, node: WorkerController) -> str | None:
        """What a lane that has died was at, which has failed with it and is not tried again; others do the rest of its files."""
        files = self.assigned_work.pop(node)
        died_at = next((test for tests in files.values() for test, is_done in tests.items() if not is_done), None)
        for tests in files.values():
            if died_at in tests:
                tests[died_at] = True
        self.workqueue.update({file: tests for file, tests in files.items() if not all(tests.values())})
        for other in self.assigned_work:
            self._reschedule(other)
        return died_at


def best(files: list[str], here: str | None, taken: set[str]) -> str:
    """The file for a lane that is in the folder `here` (None if it has just begun), when others are in those that are `taken`."""

    def order(file: str) -> tuple[bool, bool, int]:
        folder = folder_of(file)
        rank = LONGEST_FIRST.index(folder) if folder in LONGEST_FIRST else len(LONGEST_FIRST)
        return folder != here, folder in taken, rank

    return min(files, key=order)


def folder_of(file: str) -> str:
    """The room of a test file, by its first folder: `faces` for tests/faces/web/test_posts.py, nothing for tests/test_app.py."""
    return PurePosixPath(file).parts[1] if file.count("/") > 1 else ""
