"""A search reads a bounded part of the posts through indexes, and finds what reading everything would find."""

import json
import random
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Boolean, Integer, cast, func, insert, select, text
from sqlalchemy.dialects.postgresql import TSQUERY

from microblog.core import posts, retrieval, search
from microblog.core.queries import Term, parse
from microblog.framework.database import Database
from microblog.models import Post, User

MANY = 20_000
POSTGRES = search.ENGINES["postgres"]


@pytest.fixture(scope="module")
def crowd(new_database):
    """A database with many posts, half of them Korean, whose words are as unevenly common as those of a language."""
    database = Database(new_database(), connections=1, settings={"statement_timeout": "0"})
    chance = random.Random(16)
    latin = [f"w{number}x" for number in range(3_000)]
    korean = ["".join(chr(0xAC00 + chance.randrange(4_000)) for _ in range(2 + number % 2)) for number in range(3_000)]
    latin[0], latin[40], korean[1], korean[50] = "the", "ferry", "날씨", "서울"
    weights = [1 / (rank + 1) for rank in range(3_000)]
    with database.writing() as db:
        people = [{"username": f"person{number}"} for number in range(50)]
        authors = list(db.scalars(insert(User).returning(User.id), people))
        rows = []
        for number in range(MANY):
            language = chance.choice(("en", "ko"))
            body = " ".join(chance.choices(latin if language == "en" else korean, weights, k=chance.choice((3, 8, 15))))
            body += " zyxwv" if number % 5_000 == 77 else " 서울에서" if number % 70 == 3 else ""
            body += " tide" if number % 80 == 9 else ""
            body += " bonnets" if number % 12 == 5 and number < MANY - 1_500 else ""  # which went out of fashion
            row = {"id": (int(time.time() * 1_000) - (MANY - number) * 600_000) << 16, "author_id": chance.choice(authors)}
            row |= {"body": body, "language": language}
            rows.append({**row, "search": search.words_of(Post, **row)})
        db.execute(insert(Post), rows)
        db.commit()
    with database.reading() as db:
        db.execute(text("VACUUM ANALYZE posts"))
        yield db
    database.close()


# Rare, common, one in eighty, in between, common only in former times, two words, Korean, narrowed, left out, nowhere.
TYPED = [
    "zyxwv",
    "the",
    "tide",
    "ferry",
    "bonnets",
    "bonnets ferry",
    "the ferry",
    "ferry zyxwv",
    "the 날씨",
    "날씨",
    "울에",
    "울",
    "서울에서",
    "from:person7",
]
TYPED += ["from:person7 ferry", "lang:ko the", "ferry -the", "-the", "nowhere", "the ferry 날씨 서울 zyxwv"]
EARLY, LATE = (datetime.now(UTC).date() - timedelta(days=days) for days in (40, 35))
TYPED += [f"after:{EARLY} before:{LATE} ferry", f"before:{EARLY} the", f"after:{LATE} 날씨"]


@pytest.mark.parametrize("typed", TYPED)
def test_a_search_reads_a_bounded_part_of_the_posts_through_indexes(crowd, typed):
    plan = explained(crowd, typed)
    shown = json.dumps(plan, indent=1)
    for node in nodes(plan):
        if node.get("Relation Name") == "posts":
            assert node["Node Type"] != "Seq Scan", shown
    whole = crowd.scalar(select(func.pg_relation_size("posts") / 8192))
    read = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
    steps = min(len(parse(typed).terms) or 1, retrieval.MOST_STEPS)
    in_vain = retrieval.ENOUGH if "bonnets" in typed else 0  # of a word that seems to be rare and is not
    assert read < (900 + in_vain) * steps, f"{read} of {whole} pages\n{shown}"


def explained(crowd, typed):
    """Postgres' account of how it has found a first page."""
    statement, values = retrieval.posts_query(crowd, parse(typed), posts.WITH_AUTHOR, 26)
    values |= {"skipped": 0, "size": 25}
    compiled = statement.element.compile(dialect=crowd.bind.dialect)
    explain = "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + str(compiled)
    return crowd.connection().exec_driver_sql(explain, compiled.construct_params(values)).scalar_one()[0]["Plan"]


def nodes(plan):
    yield plan
    for part in plan.get("Plans", ()):
        yield from nodes(part)


@pytest.mark.parametrize(
    ("typed", "parts"),
    [
        ("the", {"near0"}),
        ("tide", {"near0", "on0"}),
        ("zyxwv", {"rare0"}),
        ("-the", {"near0"}),
    ],
)
def test_nothing_is_looked_for_in_a_further_way_once_there_is_enough(crowd, typed, parts):
    found = {node["Subplan Name"].removeprefix("CTE "): node for node in nodes(explained(crowd, typed)) if "Subplan Name" in node}
    ways = ("near", "on", "rare", "named", "far")
    assert {name for name, node in found.items() if name.startswith(ways) and node["Actual Rows"]} == parts


@pytest.mark.parametrize("size", [25, 100, 500])
@pytest.mark.parametrize("typed", [typed for typed in TYPED if 0 < len(parse(typed).terms) < 5])
def test_what_is_found_by_reading_little_is_what_reading_everything_finds(crowd, typed, size):
    wanted = parse(typed)
    score = sum(fits(term) for term in wanted.terms)
    everything = select(Post.id).where(score > 0, Post.id >= wanted.since, Post.id < wanted.until)
    for term in wanted.without:
        everything = everything.where(fits(term) == 0)
    if wanted.languages:
        everything = everything.where(Post.language.in_(wanted.languages))
    if wanted.handles:
        everything = everything.join(User, User.id == Post.author_id).where(User.username.in_(wanted.handles))
    best = list(crowd.scalars(everything.order_by(score.desc(), Post.id.desc()).limit(size)))
    assert [row.id for row in posts.found(crowd, POSTGRES, wanted, number=1, size=size).items] == best


@pytest.mark.parametrize(
    ("typed", "size", "kept"),
    [("the", 25, 1), ("the", 10, 1), ("the", 100, 1), ("the", 101, 0), ("-the", 25, 0), ("lang:en the", 25, 0)],
)
def test_the_plan_is_kept_of_searches_that_differ_in_words_only(crowd, typed, size, kept):
    names = text("SELECT array_agg(name) FROM pg_prepared_statements")
    before = set(crowd.scalar(names) or ())
    wanted = parse(typed)
    statement, _ = retrieval.posts_query(crowd, wanted, posts.WITH_AUTHOR, size + 1)
    found = posts.found(crowd, POSTGRES, wanted, number=1, size=size)
    assert len(found.items) == size, "no more than were asked for"
    assert found.has_more
    assert statement.kept == bool(kept)
    assert (statement.name in set(crowd.scalar(names) or ())) == bool(kept)
    assert before <= set(crowd.scalar(names) or ())


def fits(term: Term):
    return cast(cast(Post.search.op("@@")(cast(str(term), TSQUERY)), Boolean), Integer)
