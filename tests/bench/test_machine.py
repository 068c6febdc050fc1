"""machine: what /proc says, of programs and of their children, the living and the dead."""

import os
import subprocess
import sys
import time

from microblog.bench import machine
from microblog.bench.machine import Moment

BUSY = "import time\nend = time.process_time() + 0.3\nwhile time.process_time() < end: pass"


def test_time_of_a_program_counts_its_children_also_when_they_have_ended():
    parent = f"import subprocess, sys, time\nsubprocess.run([sys.executable, '-c', {BUSY!r}])\n{BUSY}\nprint('done', flush=True)\ntime.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE) as process:
        try:
            before = Moment.now({"it": process.pid})
            assert process.stdout.readline() == b"done\n"
            after = Moment.now({"it": process.pid})
        finally:
            process.kill()
    assert 0.5 < after.spent["it"] - before.spent["it"] < 2
    assert after.busy - before.busy >= 0.5
    assert after.at > before.at
    assert after.stolen >= before.stolen


def test_when_a_process_began_is_known_to_a_hundredth():
    before = time.clock_gettime(time.CLOCK_BOOTTIME)
    with subprocess.Popen(["sleep", "60"]) as process:
        began = machine.began(process.pid)
        process.kill()
    assert before - 0.02 <= began <= time.clock_gettime(time.CLOCK_BOOTTIME)


def test_a_program_without_a_process_is_left_out():
    assert Moment.now({"nginx": None}).spent == {}


def test_a_name_with_brackets_does_not_confuse(tmp_path):
    odd = tmp_path / "a) b (c"
    odd.symlink_to(sys.executable)
    with subprocess.Popen([odd, "-c", "import time; time.sleep(60)"]) as process:
        try:
            time.sleep(0.05)
            found = machine.processes()[process.pid]
        finally:
            process.kill()
    assert found.parent == os.getpid()


def test_a_parent_is_named_only_where_both_have_the_name():
    name = machine.processes()[os.getpid()].name
    with subprocess.Popen(["sleep", "60"]) as process:
        try:
            time.sleep(0.05)
            assert machine.parent_of(process.pid, called="sleep") is None
            assert machine.parent_of(process.pid, called=name) is None
        finally:
            process.kill()
    assert machine.parent_of(2**22 + 1, called=name) is None


def test_the_first_process_of_postgres_is_found(asked):
    ((backend,),) = asked("SELECT pg_backend_pid()")
    postmaster = machine.parent_of(backend, called="postgres")
    assert machine.processes()[postmaster].name == "postgres"
    assert machine.processes()[backend].parent == postmaster


def test_memory_is_told_in_megabytes():
    assert 5 < machine.gathered(os.getpid()) < machine.memory(os.getpid()) < 4_000


def test_the_machine_is_described():
    told = machine.description()
    assert told["cores"] == machine.cores() >= 1
    assert told["memory_gb"] > 0
    assert told["system"].startswith("Linux")
    assert machine.load() >= 0
