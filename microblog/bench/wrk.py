"""wrk, the load generator: one run of it, bounded, and what it has to say."""

import json
import os
import resource
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import BenchError, loads

PATIENCE = 60.0  # seconds beyond those it was asked to run
TIMEOUT = 10  # seconds that an answer may take; longer is an error


@dataclass(frozen=True)
class Result:
    """What one run of wrk has seen; times are milliseconds."""

    requests: int
    seconds: float
    bytes: int
    p50: float
    p90: float
    p99: float
    max: float
    errors: Mapping[str, int]
    failures: str
    kinds: Mapping[str, int]
    own_seconds: float  # of processor time, its own

    @property
    def rate(self) -> float:
        return self.requests / self.seconds

    @property
    def error_count(self) -> int:
        return sum(self.errors.values())


def program() -> str:
    """Where wrk is."""
    found = shutil.which("wrk")
    if found is None:
        raise BenchError("wrk is not installed: apt install wrk")
    return found


def drive(folder: Path, url: str, *, threads: int, connections: int, seconds: int, plan: Mapping[str, Any]) -> Result:
    """Let wrk run for so long against a site, as `plan` tells load.lua; its files lie in the folder."""
    result = folder / "result.json"
    result.unlink(missing_ok=True)
    script = folder / "plan.lua"
    script.write_text(loads.script({**plan, "threads": threads, "files": str(folder), "result": str(result)}), "utf-8")
    words = [program(), f"-t{threads}", f"-c{connections}", f"-d{seconds}s", f"--timeout={TIMEOUT}s", "-s", str(loads.LUA)]
    spent = _spent()
    said = _run([*words, url], os.environ | {"BENCH_PLAN": str(script)}, seconds + PATIENCE)
    try:
        found = json.loads(result.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise BenchError(f"wrk did not say what it has measured:\n{said[-2_000:]}") from error
    errors = {name: found.pop(name) for name in ("connect", "read", "write", "timeout", "status", "wrong")}
    return Result(**found, errors=errors, own_seconds=round(_spent() - spent, 2))


def _run(words: list[str], environment: Mapping[str, str], within: float) -> str:
    """Its output. It has a session of its own, so that Ctrl-C reaches only us, and it never outlives us."""
    process = subprocess.Popen(
        words,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        said, _ = process.communicate(timeout=within)
    except subprocess.TimeoutExpired as error:
        raise BenchError(f"wrk did not end {PATIENCE:.0f} seconds after it should have.") from error
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    return f"{said}(A signal ended it: {-process.returncode}.)" if process.returncode < 0 else said


def _spent() -> float:
    """Processor seconds of our children that have ended: between the two ends of a run that is wrk alone."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
