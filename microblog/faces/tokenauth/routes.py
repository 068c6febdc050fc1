"""This face's table of contents: a row a URL, a column a verb."""

from ...framework.routing import Path

PATHS: tuple[Path, ...] = ()
