"""What the machine says of itself in /proc: processor time by program, memory, and how much of it others took."""

import os
import platform
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Process:
    """One process: its parent, its name, its own processor seconds, and those of its children that have ended."""

    parent: int
    name: str
    own: float
    of_the_dead: float


def processes() -> dict[int, Process]:
    """All there are, by number."""
    found = {}
    for folder in PROC.iterdir():
        if folder.name.isdigit() and (process := _process(folder)):
            found[int(folder.name)] = process
    return found


def _process(folder: Path) -> Process | None:
    try:
        text = (folder / "stat").read_text(errors="replace")
    except OSError:  # it has just ended
        return None
    name, _, rest = text.partition("(")[2].rpartition(")")  # a name may have brackets of its own
    fields = rest.split()
    own, of_the_dead = (int(fields[11]) + int(fields[12])) / TICK, (int(fields[13]) + int(fields[14])) / TICK
    return Process(int(fields[1]), name, own, of_the_dead)


def began(pid: int) -> float:
    """When a process was forked, in seconds since the machine started, to a hundredth."""
    rest = (PROC / str(pid) / "stat").read_text(errors="replace").rpartition(")")[2]
    return int(rest.split()[19]) / TICK


def parent_of(pid: int, *, called: str) -> int | None:
    """The parent of a process, if both have this name."""
    child = _process(PROC / str(pid))
    parent = _process(PROC / str(child.parent)) if child else None
    return child.parent if child and parent and child.name == parent.name == called else None


@dataclass(frozen=True)
class Moment:
    """How much processor time had been spent at an instant, in seconds: by whole programs, and on the whole machine."""

    at: float
    spent: Mapping[str, float]
    busy: float
    stolen: float

    @classmethod
    def now(cls, programs: Mapping[str, int | None]) -> "Moment":
        """`programs` are the first processes of programs by what we call them; what has no process counts nothing."""
        found = processes()
        spent = {name: _of_program(found, pid) for name, pid in programs.items() if pid is not None}
        busy, stolen = _of_machine((PROC / "stat").read_text())
        return cls(time.monotonic(), spent, busy, stolen)


def _of_program(found: Mapping[int, Process], pid: int) -> float:
    """What a program has spent with all its processes, the ended ones included: their parent inherits their time."""
    family = [process for number, process in found.items() if number == pid or process.parent == pid]
    return sum(process.own + process.of_the_dead for process in family)


def _of_machine(text: str) -> tuple[float, float]:
    """Seconds that the processors were busy, and seconds that the host gave to other machines."""
    user, nice, system, _idle, _waiting, irq, softirq, stolen, *_ = (int(each) / TICK for each in text.split("\n")[0].split()[1:])
    return user + nice + system + irq + softirq, stolen


def memory(pid: int) -> float:
    """A process's share of memory (PSS) in megabytes: what it has for itself, and its part of what several have in common."""
    return _share(pid, "Pss:")


def gathered(pid: int) -> float:
    """Megabytes of that which no file has. What a process gathers is in there; of files the kernel lets it have now more and now
    less."""
    return _share(pid, "Pss_Anon:")


def _share(pid: int, name: str) -> float:
    lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith(name)), 0.0)


def cores() -> int:
    """The processors we may use."""
    return len(os.sched_getaffinity(0))


def load() -> float:
    """How many processes wanted a processor in the last minute."""
    return os.getloadavg()[0]


def total_memory() -> int:
    """Megabytes that the machine has."""
    return next((int(line.split()[1]) for line in _lines("meminfo") if line.startswith("MemTotal:")), 0) // 1024


def description() -> dict[str, str | int | float]:
    """The machine, as a reader of the report wants to know it."""
    model = next(
        (line.partition(":")[2].strip() for line in _lines("cpuinfo") if line.startswith("model name")), platform.machine()
    )
    return {
        "processor": model,
        "cores": cores(),
        "memory_gb": round(total_memory() / 1024, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
    }


def _lines(name: str) -> list[str]:
    return (PROC / name).read_text(errors="replace").splitlines()
