"""What the master imports for all workers: libraries alone, and it is told when they are not those that are installed."""

import subprocess
import sys

from microblog.bootstrap import ROOT

SETTINGS = {
    "MICROBLOG_ENV": "testing",
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/nothing",
    "SECRET_KEY": "a key for tests that nobody has guessed yet",
    "PUBLIC_URL": "http://localhost/microblog",
    "LOG_TO_STDOUT": "on",
}


def imported(words: str) -> str:
    done = subprocess.run([sys.executable, "-c", words], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout


def test_none_of_our_code_is_imported_for_a_chain_reload_must_bring_it():
    words = "import preload, sys; print([name for name in sys.modules if name.partition('.')[0] in ('microblog', 'wsgi')])"
    assert imported(words).strip() == "[]"


def test_no_library_is_left_for_each_worker_to_import():
    words = """
import sys, preload
before = set(sys.modules)
import microblog.app
files = {name: getattr(sys.modules[name], "__file__", None) or "" for name in set(sys.modules) - before}
print(sorted(name for name, file in files.items() if "site-packages" in file))
"""
    assert imported(words).strip() == "[]"


def test_a_worker_that_begins_with_other_libraries_than_the_master_says_so(tmp_path):
    words = f"""
import preload
preload.PRELOADED = "another"
import logging, os
os.environ |= {SETTINGS | {"LOG_DIR": str(tmp_path)}}
import wsgi
"""
    done = subprocess.run([sys.executable, "-c", words], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "Libraries have changed since this server began" in done.stderr + done.stdout
    quiet = subprocess.run(
        [sys.executable, "-c", words.replace('"another"', "preload.lock()")], cwd=ROOT, capture_output=True, text=True
    )
    assert "Libraries have changed" not in quiet.stderr + quiet.stdout
