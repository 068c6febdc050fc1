"""Child processes of `run`: started apart from the terminal, watched, and stopped together."""

import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from . import say

PATIENCE = 20.0  # seconds a child has for its last requests or job
PAUSE = 1.0  # seconds before a child that ended by itself is started anew


@dataclass
class Child:
    name: str
    words: Sequence[str]
    environment: Mapping[str, str]
    output: Path | None
    restart: bool
    process: subprocess.Popen[bytes]


class Children:
    """The processes that a command has started. SIGINT and SIGTERM end `watch`, which the caller follows with `stop`."""

    def __init__(self) -> None:
        self.children: list[Child] = []
        self.stopping = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._hear)

    def start(
        self,
        name: str,
        words: Sequence[str],
        *,
        environment: Mapping[str, str],
        output: Path | None,
        restart: bool = False,
    ) -> None:
        """Start a child whose output goes to a file, or to ours; `restart` starts it anew whenever it ends."""
        process = _spawn(words, environment, output)
        self.children.append(Child(name, words, environment, output, restart, process))

    def watch(self) -> int:
        """Wait for a signal, or for the end of a child that must not end; gives the exit status."""
        while not self.stopping:
            time.sleep(0.2)
            for child in self.children:
                status = child.process.poll()
                if status is None:
                    continue
                if not child.restart:
                    say(f"{child.name} has ended with status {status}.\n{self.end_of_log()}")
                    return 1
                say(f"{child.name} has ended with status {status}; starting it anew.")
                time.sleep(PAUSE)
                child.process = _spawn(child.words, child.environment, child.output)
        return 0

    def ended(self) -> bool:
        """Whether a signal has come, or a child has ended."""
        return self.stopping or any(child.process.poll() is not None for child in self.children)

    def stop(self) -> None:
        """Ask every child to finish and go; those that do not are ended."""
        running = [child for child in self.children if child.process.poll() is None]
        if running:
            say("Stopping …")
        for child in running:
            child.process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + PATIENCE
        for child in running:
            try:
                child.process.wait(max(deadline - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()

    def end_of_log(self) -> str:
        """The last lines the children have written."""
        paths = {child.output for child in self.children if child.output}
        lines = [line for path in paths for line in path.read_text(errors="replace").splitlines()[-15:]]
        return "\n".join("    " + line for line in lines)

    def _hear(self, _number: int, _frame: object) -> None:
        self.stopping = True


def _spawn(words: Sequence[str], environment: Mapping[str, str], output: Path | None) -> subprocess.Popen[bytes]:
    """In a session of its own, so that Ctrl-C in the terminal reaches only us, and we tell the others."""
    if output is None:
        return subprocess.Popen(words, env=environment, start_new_session=True)
    with output.open("ab") as file:
        return subprocess.Popen(
            words, env=environment, stdout=file, stderr=file, stdin=subprocess.DEVNULL, start_new_session=True
        )
