"""test: the whole test suite, or what further words name, as pytest understands them."""

import argparse
import sys
from collections.abc import Sequence

from ..bootstrap import ROOT

# Processes that test side by side where everything is tested: more than there are cores, for tests wait a lot.
LANES = 3
# What leaves it at everything, and tells no process what it may not do.
HARMLESS = ("-x", "-v", "-q", "--maxfail=", "--tb=", "--durations=")


def add(parser: argparse.ArgumentParser) -> None:
    parser.epilog = "Every further word goes to pytest: python -m microblog test -k timeline -x"


def execute(options: argparse.Namespace) -> int:
    import pytest

    from ..framework import bundles
    from . import translate

    sys.path.insert(0, str(ROOT))
    translate.compile_stale()
    bundles.renew(ROOT / "static")
    words = [*lanes(options.further), *(options.further or [str(ROOT / "tests")])]
    return int(pytest.main(["--rootdir", str(ROOT), *words]))


def lanes(further: Sequence[str]) -> list[str]:
    """What makes pytest test in several processes; nothing where further words choose some tests or want something else."""
    return [f"--numprocesses={LANES}"] if all(word.startswith(HARMLESS) for word in further) else []
