"""town: the same town at every planting, as uneven as real ones."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from microblog.bench import town as towns
from microblog.bench.town import FAMOUS, GROUP, Town

UNTIL = datetime(2026, 11, 25, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def town() -> Town:
    return Town(people=1_500, posts=10_000, until=UNTIL)


def test_it_is_the_same_every_time(town):
    again = Town(town.people, town.posts, UNTIL)
    assert list(towns.follows(town)) == list(towns.follows(again))
    assert towns.said(town, 1) == towns.said(again, 1)
    assert towns.letters(town) == towns.letters(again)
    assert list(towns.people(town)) == list(towns.people(again))
    assert list(towns.greetings(town)) == list(towns.greetings(again))


def test_a_day_later_only_the_times_have_changed(town):
    later = Town(town.people, town.posts, UNTIL + timedelta(days=1))
    bodies = [[row[2] for row in towns.said(each, 0).posts] for each in (town, later)]
    assert bodies[0] == bodies[1]
    assert towns.said(later, 0).posts[0][6] - towns.said(town, 0).posts[0][6] == timedelta(days=1)


def test_everybody_reads_one_person_and_of_three_groups_each_reads_50_a_thousand_and_all(town):
    pairs = [(reader, author) for reader, author, _ in towns.follows(town)]
    assert len(set(pairs)) == len(pairs)
    assert all(reader != author for reader, author in pairs)
    read, readers = Counter(reader for reader, _ in pairs), Counter(author for _, author in pairs)
    assert readers[FAMOUS] == town.people - 1
    for group, number in ((town.steady, 50), (town.busy, 1_000), (town.curious, town.people - 1)):
        assert {read[person] for person in group} == {number}
        assert len(group) == GROUP
    assert len({FAMOUS, *town.steady, *town.busy, *town.curious}) == 3 * GROUP + 1
    assert 15 < sorted(read.values())[len(read) // 2] < 50


def test_a_few_are_famous_and_most_are_not(town):
    readers = sorted(Counter(author for _, author, _ in towns.follows(town)).values(), reverse=True)
    assert sum(readers[: len(readers) // 10]) > sum(readers) * 0.3
    assert readers[len(readers) // 2] < readers[10] / 3


def test_ids_tell_the_time_and_rise_with_it(town):
    rows = [row for chunk in town.chunks for row in towns.said(town, chunk).posts]
    assert len(rows) == town.posts
    assert all(first[0] < second[0] and first[6] < second[6] for first, second in pairwise(rows))
    assert all(abs((row[0] >> 16) / 1000 - row[6].timestamp()) < 0.01 for row in rows[::500])
    assert rows[-1][6] < UNTIL
    assert rows[0][6] >= UNTIL - towns.SPAN


def test_polls_add_up_and_the_newest_are_open(town):
    for chunk in town.chunks:
        made = towns.said(town, chunk)
        votes = Counter((poll, *choices) for poll, _, choices, _ in made.votes)
        assert {(poll, number): count for poll, number, _, count in made.poll_choices if count} == votes
        assert {poll: voters for poll, *_, voters in made.polls if voters} == Counter(poll for poll, *_ in made.votes)
        assert {row[0] for row in made.posts if row[5]} == {post for _, post, *_ in made.polls}
    assert made.polls[-1][3] > UNTIL + timedelta(days=20)
    assert towns.said(town, 0).polls[0][3] < UNTIL


def test_nobody_votes_after_the_end_of_the_town_for_that_would_be_taken_for_a_vote_of_the_load():
    posts = 2_000 * towns.POLL_EVERY + 1  # so that the last one asks something
    town = Town(200, posts, UNTIL)
    (*_, newest) = towns.said(town, (posts - 1) // towns.CHUNK).polls
    assert UNTIL - newest[2] < timedelta(minutes=59)
    assert all(voted_at <= UNTIL for *_, voted_at in towns.said(town, (posts - 1) // towns.CHUNK).votes)


def test_letters_leave_each_side_with_what_it_has_not_read(town):
    rows = towns.letters(town)
    last = {}
    for message_id, sender, recipient, _, _ in rows["messages"]:
        last[frozenset((sender, recipient))] = (message_id, recipient)
    for user, other, message_id, unread in rows["conversations"]:
        expected, recipient = last[frozenset((user, other))]
        assert message_id == expected
        assert unread == 0 or user == recipient
    unread = sum(row[3] for row in rows["conversations"])
    assert unread == sum(1 for *_, read_at in rows["notifications"] if read_at is None) > 0


def test_the_smallest_town_there_is_has_everything_too():
    small = Town(10, 100, UNTIL)
    assert len(small.usernames) == 11
    assert len(towns.said(small, 0).polls) == 1
    assert {reader for reader, author, _ in towns.follows(small) if author == FAMOUS} == set(range(2, 11))
    assert [*small.steady, *small.busy, *small.curious] == [2, 3, 4]
    assert Counter(reader for reader, *_ in towns.follows(small))[2] == 9, "fifty are not there, so it is everybody"
