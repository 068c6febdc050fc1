"""Retrieval: the statements by which Postgres finds the best posts and people, and reads a bounded part of them.

The part is bounded however many posts there are and however common a word is. The posts with all terms come first, then those
with all but one, and so on to those with any. In each of these steps the newest are looked for in five ways, and none is begun
once there are enough:

near    walk back through the newest posts and look at each: finds a common word at once;
on      walk on where so many of them have the words that it is worth while;
rare    if next to none of those has the words, let the index name all the posts that have: mostly they are few;
named   else let it name those of the last hours, of ten days, of half a year, of all time;
far     where the index has too many to name, walk back further.

A post named with its time costs the index some 25 µs in a town of two million, for it is looked up in the long lists of those
months: so the first stretches of time are short. One that is named by its words alone costs next to nothing there, and 2 µs to be
read. What is never asked costs something, too: to set up these parts and not run them takes a sixth of a search.

Left to itself, Postgres would judge by how common it takes the words to be, and read half the table where it is wrong.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from itertools import combinations
from typing import Any

from sqlalchemy import (
    CTE,
    Boolean,
    Integer,
    Select,
    Text,
    and_,
    any_,
    bindparam,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement

from ..framework.statements import Statement
from ..models import Post, User
from . import hours
from .queries import LATEST_ID, Term, Wanted

# How many posts are looked at one by one, when nothing is known of the words and when they are known to be common: the newest
# of all, which lie together, and the newest of one author, which do not.
NEAR, NEAR_OF_AUTHOR = 600, 300
ON, ON_OF_AUTHOR = 4_000, 2_000  # where that would seem to suffice
FAR, FAR_OF_AUTHOR = 30_000, 3_000
PARTS = 16
# Hours that the index is asked about, one stretch after the other, before it is asked about all time.
STRETCHES = hours.BLOCKS[1:]
EVER = len(STRETCHES)  # the number of that last part
ENOUGH = 1_000  # posts that it may name, or 16 times those asked for, before the words count as too common for it
ANYTHING = "!'='"  # what every post fits
SELDOM = 2  # of the newest posts: words that fewer of them have may be rare
RARE = 500  # posts: words that fewer have altogether are rare; more where much is asked for
SEEKING, FULL, MANY = range(3)  # what is known of a step: not yet enough, enough, or more than the index should name
MOST_STEPS = 4  # from the posts with all terms to those with any
MOST_RANKED = 6  # terms that count for the order; further ones are found after them
# How many are asked for where words alone are looked for, if that is enough: first pages of the usual sizes and one more. Such a
# statement hangs on nothing but the words, and Postgres keeps its plan, which takes as long to make as to run.
USUAL = (26, 101)

Shown = Select[*tuple[Any, ...]]  # what is shown of rows, and what they are joined with for it

# How many are asked for, and how many the index may name.
MOST, ENOUGH_NAMED = bindparam("most", type_=Integer), bindparam("enough", type_=Integer)

AUTHORS = Statement(select(User.id).where(func.lower(User.username) == any_(bindparam("handles", type_=ARRAY(Text)))))


def posts_query(db: Session, wanted: Wanted, shown: Shown, most: int) -> tuple[Statement, dict[str, Any]]:
    """The statement for a page of the best posts, at most `most` of which are looked for, and its values but for where the page
    stands; one query more if it asks for people's posts."""
    authors: list[int] = []
    if wanted.handles:
        authors = [row.id for row in AUTHORS.all(db, handles=list(wanted.handles))]
    conditions = [_any(mark for author in authors or [0] for mark in marks("author_id", author))] if wanted.handles else []
    conditions += [_any(mark for code in wanted.languages for mark in marks("language", code))] if wanted.languages else []
    can_name = bool(wanted.terms or conditions)  # an index of words names what has some, not what lacks others
    conditions += [f"!({term})" for term in wanted.without]
    steps = [" & ".join([step, *conditions]) for step in _steps(wanted.terms)] or [" & ".join(conditions) or ANYTHING]
    times = _times(wanted)
    is_usual = bool(wanted.terms) and not wanted.is_narrowed
    usual = next((size for size in USUAL if is_usual and most <= size), None)
    most = usual or most
    values: dict[str, Any] = {
        "most": most,
        "enough": _enough(most),
        "rare": _rare(most),
        "since": wanted.since,
        "until": wanted.until,
    }
    values["is_unnamed"] = times[-1] == ANYTHING and not can_name
    for number, step in enumerate(steps):
        values[f"words{number}"] = step
        values |= {f"words{number}_{part}": time and f"{step} & {time}" for part, time in enumerate(times)}
        if values["is_unnamed"]:
            values[f"words{number}_{EVER}"] = ""
    if len(authors) == 1:
        values["author_id"] = authors[0]
    return _statement(shown, len(steps), len(authors) == 1, usual), values


def _enough(most: int) -> int:
    return max(ENOUGH, PARTS * most)


def _rare(most: int) -> int:
    return max(RARE, PARTS * most // 2)


def _any(marks: Iterable[str]) -> str:
    return "(" + " | ".join(f"'{mark}'" for mark in marks) + ")"


def _times(wanted: Wanted) -> list[str]:
    """Stretches of time for the index: a block of hours and what has begun of the next, and at last all that is asked for; ''
    where one is not needed. They are made of whole blocks, for each word more costs the index more. Clocks differ: a stretch
    that reaches the present goes on beyond it."""
    since, until, now = hours.of_id(wanted.since), hours.of_id(wanted.until), hours.now()
    found = []
    for block in STRETCHES:
        first, last = (min(until, now) // block - 1) * block, min(until, (now // block + 2) * block)
        found.append(_any(hours.between(first, last)) if since < first < last else "")
    if not since and until > last:
        return [*found, ANYTHING]
    return [*found, _any(hours.between(since, last)) if since < last else ""]


def _steps(terms: Sequence[Term]) -> list[str]:
    """What finds the posts with at least so many of the terms, from all of them to any; every number for up to MOST_STEPS terms,
    else some."""
    ranked = [f"({term})" for term in terms[:MOST_RANKED]]
    counts = {len(ranked) - (len(ranked) - 1) * step // (MOST_STEPS - 1) for step in range(MOST_STEPS)} if ranked else set()
    steps = [" | ".join("(" + " & ".join(some) + ")" for some in combinations(ranked, count)) for count in sorted(counts - {1})]
    everything = " | ".join(f"({term})" for term in terms)
    return [f"({step})" for step in (*reversed(steps), everything) if step]


@cache
def _statement(shown: Shown, steps: int, of_one_author: bool, usual: int | None = None) -> Statement:
    """The statement for a number of steps, made once. How it is planned hangs on what it is narrowed to and how much is asked
    for: it is kept only for `usual` searches of words alone."""
    found: list[CTE] = []
    begin = _state("begin0", literal(SEEKING))
    for number in range(steps):
        if found:  # what has all terms has any: where there is enough of it, the step before has found it
            begin = _after(f"begin{number}", begin, case((_count(found[-1]) < MOST, SEEKING), else_=FULL))
        found.append(_step(number, begin, of_one_author))
    ranks = union_all(*(select(step.c.id, literal(number).label("step")) for number, step in enumerate(found))).subquery()
    place = func.row_number().over(order_by=(func.min(ranks.c.step), ranks.c.id.desc())).label("place")
    page = _page(select(ranks.c.id, place).group_by(ranks.c.id).order_by(place).limit(MOST), shown, Post)
    if usual is None:
        return Statement(page, kept=False)
    return Statement(page, most=usual, enough=_enough(usual), rare=_rare(usual), since=0, until=LATEST_ID, is_unnamed=False)


def _step(number: int, begin: CTE, of_one_author: bool) -> CTE:
    """The newest posts with so many of the terms, if the search is still seeking when the step begins."""
    near, on, far = (NEAR_OF_AUTHOR, ON_OF_AUTHOR, FAR_OF_AUTHOR) if of_one_author else (NEAR, ON, FAR)
    walked = _walk(f"near{number}", f"words{number}", near, of_one_author, _is(begin, SEEKING))
    is_promising = and_(_count(walked) < MOST, _count(walked) * (on // near) >= MOST)
    further = _walk(f"on{number}", f"words{number}", on - near, of_one_author, is_promising, skip=near)

    is_unnamed = bindparam("is_unnamed", type_=Boolean)
    is_rare = and_(_count(walked) < func.least(SELDOM, MOST), ~is_unnamed)
    most_rare = bindparam("rare", type_=Integer)
    rare = _named(f"rare{number}", f"words{number}_{EVER}", and_(_is(begin, SEEKING), is_rare), most_rare)
    seemed_rare = _count(rare) >= most_rare

    parts = [walked, further, _shown(f"shown{number}_rare", rare)]
    is_all = or_(_count(walked) + _count(further) >= MOST, and_(is_rare, ~seemed_rare))
    state = _after(f"state{number}", begin, case((is_all, FULL), else_=SEEKING))
    for part in range(EVER + 1):
        is_open = and_(_is(state, SEEKING), ~seemed_rare) if part == EVER else _is(state, SEEKING)
        named = _named(f"named{number}_{part}", f"words{number}_{part}", is_open, ENOUGH_NAMED)
        parts.append(_shown(f"shown{number}_{part}", named))
        then = case((_count(named) >= ENOUGH_NAMED, MANY), (_count(parts[-1]) >= MOST, FULL), else_=SEEKING)
        state = _after(f"state{number}_{part}", state, then)

    is_open = or_(_is(state, MANY), and_(_is(state, SEEKING), or_(is_unnamed, seemed_rare)))
    parts.append(_walk(f"far{number}", f"words{number}", far, of_one_author, is_open))
    every = union_all(*(select(part.c.id) for part in parts)).subquery()
    return select(every.c.id).distinct().order_by(every.c.id.desc()).limit(MOST).cte(f"found{number}")


def _state(name: str, value: ColumnElement[int]) -> CTE:
    """How far a search is, worked out once for whoever asks."""
    return select(value.label("state")).cte(name).prefix_with("MATERIALIZED")


def _after(name: str, state: CTE, then: ColumnElement[int]) -> CTE:
    """The next state of one that is still seeking."""
    return _state(name, case((state.c.state == SEEKING, then), else_=state.c.state))


def _is(state: CTE, wanted: int) -> ColumnElement[bool]:
    return select(state.c.state == wanted).scalar_subquery()


def _page(best: Select[Any], shown: Shown, model: Any) -> Shown:
    """The page that is asked for of the best rows, which have a `place` each, or the last page. How many there are is on each
    row."""
    ranked = best.cte("best").prefix_with("MATERIALIZED")
    total = _count(ranked)
    size = bindparam("size", type_=Integer)
    skipped = func.least(bindparam("skipped", type_=Integer), (total - 1) / size * size)
    page = shown.add_columns(total.label("total")).join(ranked, ranked.c.id == model.id)
    return page.where(ranked.c.place > skipped, ranked.c.place <= skipped + size).order_by(ranked.c.place)


def _walk(name: str, wanted: str, length: int, of_one_author: bool, is_open: ColumnElement[bool], *, skip: int = 0) -> CTE:
    """The newest posts with the words among so many of the newest posts altogether, or of one author's, after `skip` of them."""
    walked = select(Post.id, Post.author_id, Post.search).where(Post.id >= bindparam("since"), Post.id < bindparam("until"))
    if of_one_author:
        walked = walked.where(Post.author_id == bindparam("author_id"))
    newest = walked.order_by(Post.id.desc()).limit(length).offset(skip or None).subquery()
    fitting = (newest.c.search.op("@@")(_hidden(wanted)), _is_by_member(newest.c.author_id))
    return (
        select(newest.c.id)
        .where(is_open, *fitting)
        .order_by(newest.c.id.desc())
        .limit(MOST)
        .cte(name)
        .prefix_with("MATERIALIZED")
    )


def _named(name: str, wanted: str, is_open: ColumnElement[bool], most: ColumnElement[int]) -> CTE:
    """The posts that the index names, as far as they are few."""
    statement = select(Post.id, Post.author_id).where(is_open, Post.search.op("@@")(_hidden(wanted)))
    return statement.limit(most).cte(name).prefix_with("MATERIALIZED")


def _shown(name: str, named: CTE) -> CTE:
    """The newest of them that may be shown. The inner limit changes nothing but when authors are looked up: in this order."""
    newest = select(named).order_by(named.c.id.desc()).limit(ENOUGH_NAMED).subquery()
    shown = select(newest.c.id).where(_is_by_member(newest.c.author_id)).order_by(newest.c.id.desc())
    return shown.limit(MOST).cte(name).prefix_with("MATERIALIZED")


def _hidden(name: str) -> Any:
    """A tsquery that the planner cannot look into: how common it takes a word to be must not decide how it is looked for."""
    return select(cast(bindparam(name, type_=Text), TSQUERY)).scalar_subquery()


def _count(part: CTE) -> Any:
    return select(func.count()).select_from(part).scalar_subquery()


def _is_by_member(author_id: ColumnElement[int]) -> Any:
    """Asked of each post in turn that fits otherwise, never of all people at once."""
    return select(User.suspended_at.is_(None)).where(User.id == author_id).correlate_except(User).scalar_subquery()


def people_query(_db: Session, wanted: Wanted, shown: Shown, most: int) -> tuple[Statement, dict[str, Any]]:
    """The statement for a page of people, and its values: most terms first, then those whom most people read."""
    steps = _steps(replace(wanted.as_beginnings(), without=()).terms)
    values = {"all": steps[0], "any": " & ".join([steps[-1], *(f"!({term})" for term in wanted.without)]), "most": most}
    return _people(shown), values


@cache
def _people(shown: Shown) -> Statement:
    named = (
        select(User.id, User.search, User.follower_count)
        .where(User.search.op("@@")(_hidden("any")), User.suspended_at.is_(None))
        .limit(ENOUGH)
        .cte("named")
        .prefix_with("MATERIALIZED")
    )
    has_all = named.c.search.op("@@")(_hidden("all"))
    place = func.row_number().over(order_by=(has_all.desc(), named.c.follower_count.desc(), named.c.id)).label("place")
    return Statement(_page(select(named.c.id, place).order_by(place).limit(MOST), shown, User))


def marks(name: str, value: Any) -> list[str]:
    """Words that no text contains: when a post was written, by whom, in which language."""
    if name == "id":
        return hours.words(hours.of_id(value))
    return [f"@{value}"] if name == "author_id" else ["=" + "".join(filter(str.isalpha, value.partition("-")[0].lower()))]
