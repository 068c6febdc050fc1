"""This face's table of contents: each exercise below its number. Those that differ in a single thing share a handler."""

from ...framework.routing import Path
from . import calculations, callables, counters, echoes, exercises, greetings, heroes, worlds

PATHS = (
    Path("/", GET=exercises.index),
    Path('/<any("1", "2"):exercise>/', GET=worlds.index),
    Path('/<any("1", "2"):exercise>/<any(bad, good):world>', GET=worlds.show),
    Path("/2/bad", POST=worlds.create),
    Path('/<any("3", "4", "5"):exercise>/<greeting>/<name>', GET=greetings.show),
    Path('/<any("6", "7", "8"):exercise>/', GET=echoes.show, POST=echoes.show),
    Path("/9/", GET=heroes.show),
    Path("/10/", GET=calculations.new),
    Path("/10/<left>/<operator>/<right>", GET=calculations.show),
    Path("/10/post", POST=calculations.create),
    Path("/11/", GET=callables.show, POST=callables.show),
    Path("/12/", POST=callables.create),
    Path("/13/", GET=counters.show),
    Path("/13/", POST=counters.create, limit="count"),
    Path("/13/increase", GET=counters.update, POST=counters.update, limit="count"),
)
