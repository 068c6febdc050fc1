"""loads: what is asked for, and the plan of it that Lua reads."""

import pytest

from microblog.bench import loads
from microblog.bench.loads import GROWTH, LASTING, LOADS, PAGES, PRODUCT, YARDSTICKS


def test_every_load_can_be_made_by_lua():
    text = loads.LUA.read_text("utf-8")
    for load in (*LOADS, *PAGES, *GROWTH, LASTING):
        for kind in load.kinds:
            assert f"\n  {kind} = function" in text or f"function make.{kind}(" in text, kind


def test_every_page_that_is_looked_at_is_probed_first():
    for load in (*LOADS, *PAGES, *GROWTH, LASTING):
        for kind in load.kinds:
            assert kind in loads.PROBES or kind in loads.WRITE, kind


def test_a_ledger_is_kept_where_the_product_writes():
    kept = {load.name for load in (*LOADS, *PAGES) if load.keeps_ledger}
    assert kept == {"mixed", "write", "publish", "api_publish", "follow", "vote"}


def test_of_ten_requests_of_the_mixture_one_writes():
    writes = sum(share for kind, share in loads.MIXED.items() if kind in loads.WRITE)
    assert writes / sum(loads.MIXED.values()) == pytest.approx(0.1)


def test_the_yardsticks_are_measured_at_every_point_and_beside_each_page():
    assert {load.name for load in LOADS if load.site == YARDSTICKS} == {"bare", "limit"}
    names = [load.name for load in PAGES]
    for name in ("home", "public", "profile", "post", "signals", "json", "followers"):
        assert names[names.index(name) + 1] == f"{name} limit"
    for load in PAGES:
        assert load.words or load.name.endswith("limit")
        assert load.site in (PRODUCT, YARDSTICKS)


def test_what_is_compared_stands_beside_a_load_that_is_measured_too():
    compared = {load.name: (load.beside, load.at_most) for load in PAGES if load.beside}
    assert compared == {
        "of 50, page 400": ("of 50", 1.1),
        "of 1,000": ("of 50", 2),
        "of everybody": ("of 50", 2),
        "public, page 400": ("public", 1.1),
    }
    assert {beside for beside, _ in compared.values()} <= {load.name for load in PAGES}


VALUES = {"run": 'a"b\\c\nd', "seed": 7, "kinds": [["home", 30], ["public", 1.5]], "ledger": None, "is": True, "not": False}


def test_a_plan_is_written_as_lua_reads_it():
    expected = 'return {run = "a\\"b\\\\c\\nd", seed = 7, kinds = {{"home", 30}, {"public", 1.5}}, ledger = nil, is = true}\n'
    assert loads.script({name: value for name, value in VALUES.items() if name != "not"}) == expected
