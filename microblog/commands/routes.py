"""routes: print every URL with what it calls and what it asks."""

import argparse

from . import say, settings


def add(parser: argparse.ArgumentParser) -> None:
    """It takes no words of its own."""


def execute(_options: argparse.Namespace) -> None:
    from .. import urls

    rows = [("METHOD", "PATH", "CALLS", "FOR", "BODY", "LIMIT", "CACHE")]
    for route in urls.bind_outside(settings.load()).routes:
        who = "nobody in particular" if route.path.anonymous else "everybody" if route.is_public else "people logged in"
        limit = "" if route.verb == "GET" else route.limit
        rows.append((route.verb, route.rule, route.endpoint, who, f"{route.body:,}", limit, route.cache))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        say("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
