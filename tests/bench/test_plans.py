"""plans: what a plan says that it looked at is added up, and a town's searches are seen to stay within their bounds."""

from microblog.bench import plans, planting
from microblog.bench.ground import Ground, dsn_of
from microblog.bench.plans import Reach
from microblog.core import retrieval


def node(kind: str, rows: int, *below: dict, loops: int = 1, **more: object) -> dict:
    return {"Node Type": kind, "Actual Rows": rows, "Actual Loops": loops, "Plans": list(below), **more}


def test_rows_that_were_thrown_away_were_looked_at_too():
    walk = node("Index Scan", 3, loops=2, **{"Relation Name": "posts", "Rows Removed by Filter": 7})
    never = node("Seq Scan", 0, loops=0, **{"Relation Name": "posts"})
    named = node("Bitmap Index Scan", 40, **{"Index Name": "ix__posts__search"})
    top = node("Sort", 500, **{"Sort Method": "top-N heapsort"})
    plan = node("Sort", 25, walk, never, named, top, **{"Shared Hit Blocks": 90, "Shared Read Blocks": 10})
    assert plans.reach(plan) == Reach(buffers=100, posts=20, named=40, sorted=25, reads_all=False)


def test_a_table_that_was_read_from_end_to_end_is_told():
    plan = node("Seq Scan", 5, **{"Relation Name": "posts", "Shared Hit Blocks": 1, "Shared Read Blocks": 0})
    assert plans.reach(plan).reads_all
    found = plans.summary(
        [("rare", Reach(1, 1, 0, 0, False)), ("often", plans.reach(plan)), ("seldom", Reach(3, 9, 2, 0, False))]
    )
    assert found["reads_all"] == ["often"]
    assert found["posts"] == {"middle": 5, "most": 9, "words": "seldom"}


def test_the_searches_of_a_town_stay_within_what_search_promises(new_database, small_town, monkeypatch):
    url = new_database()
    planting.plant(dsn_of(url), small_town)
    monkeypatch.setattr(plans, "SEARCHES", 5)
    monkeypatch.setattr(plans, "COMMONEST", 1)
    found = plans.searched(Ground(url, small_town, 0.0, False, "", None, can_copy=False), url)
    assert found["searches"] == 5 + 3
    assert 0 < found["posts"]["most"] <= retrieval.MOST_STEPS * (retrieval.NEAR + retrieval.ON + retrieval.FAR)
    assert found["buffers"]["most"] >= found["buffers"]["middle"] > 0
