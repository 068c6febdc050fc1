"""test: the whole test suite, or what further words name, as pytest understands them."""

import argparse
import sys

from ..bootstrap import ROOT


def add(parser: argparse.ArgumentParser) -> None:
    parser.epilog = "Every further word goes to pytest: python -m microblog test -k timeline -x"


def execute(options: argparse.Namespace) -> int:
    import pytest

    from ..framework import bundles
    from . import translate

    sys.path.insert(0, str(ROOT))
    translate.compile_stale()
    bundles.renew(ROOT / "static")
    return int(pytest.main(["--rootdir", str(ROOT), *(options.further or [str(ROOT / "tests")])]))
