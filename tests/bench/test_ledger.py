"""ledger: it finds what was lost, what is there twice, what nobody sent, and counters that are wrong; and nothing else."""

import pytest

from microblog.bench import ledger
from microblog.bench.ledger import Before, Claims


@pytest.fixture
def before(cursor):
    return Before.of(cursor)


@pytest.fixture
def say(asked):
    """Stores a post as the product would."""

    def store(text: str, author: int = 4) -> int:
        asked("UPDATE users SET post_count = post_count + 1 WHERE id = %s RETURNING id", author)
        return asked("INSERT INTO posts (author_id, body) VALUES (%s, %s) RETURNING id", author, text)[0][0]

    return store


def claims(*lines: str) -> Claims:
    found = Claims()
    for line in lines:
        found.take(line.replace(" ", "\t"))
    return found


POSTED = ("sent post r1.0.1 4", "done post r1.0.1 4")


def test_what_was_acknowledged_and_is_there_once_is_well(cursor, before, say):
    say("Good morning. [r1.0.1]")
    assert ledger.violations(cursor, before, claims(*POSTED)) == []


def test_a_post_that_was_sent_twice_and_is_there_once_is_well(cursor, before, say):
    say("Good morning. [r1.0.1]")
    assert ledger.violations(cursor, before, claims(*POSTED, *POSTED)) == []


def test_a_lost_post_is_found(cursor, before, say):
    say("Another one. [r1.0.2]")
    found = ledger.violations(cursor, before, claims(*POSTED, "sent post r1.0.2 4"))
    assert found == ["Lost: the post r1.0.1 of person 4 was acknowledged and is not there."]


def test_a_post_that_is_there_twice_is_found(cursor, before, say):
    say("Good morning. [r1.0.1]")
    say("Good morning. [r1.0.1]")
    (found,) = ledger.violations(cursor, before, claims(*POSTED))
    assert found.startswith("Doubled: the post r1.0.1")
    assert "2 times" in found


def test_a_post_that_was_never_answered_may_be_there_once_and_not_twice(cursor, before, say):
    sent = claims("sent post r1.0.1 4")
    assert ledger.violations(cursor, before, sent) == []
    say("Good morning. [r1.0.1]")
    assert ledger.violations(cursor, before, sent) == []
    say("Good morning. [r1.0.1]")
    assert ledger.violations(cursor, before, sent)[0].startswith("Doubled: ")


def test_a_post_that_nobody_sent_and_one_under_the_wrong_name_are_found(cursor, before, say):
    say("Whose is this?")
    say("Good morning. [r1.0.1]", author=5)
    found = ledger.violations(cursor, before, claims(*POSTED))
    assert found == [
        "Misplaced: the post r1.0.1 of person 4 stands under 5.",
        "Unasked: nobody has sent the post 'Whose is this?'.",
    ]


def test_an_answer_that_is_not_kept_under_its_key_is_found(cursor, before, say, asked):
    say("Good morning. [r1.0.1]")
    by_key = claims("sent post r1.0.1 4 key", "done post r1.0.1 4 key")
    assert ledger.violations(cursor, before, by_key) == ["Lost: the answer under the Idempotency-Key r1.0.1 is not kept."]
    asked("INSERT INTO kept_answers (caller, key, digest, status) VALUES ('user 4', 'r1.0.1', '', 201) RETURNING key")
    assert ledger.violations(cursor, before, by_key) == []


def test_a_lost_vote_and_one_that_nobody_cast_are_found(cursor, before, asked):
    (poll,) = asked("INSERT INTO polls (question) VALUES ('?') RETURNING id")[0]
    asked("INSERT INTO poll_choices (poll_id, number, text) VALUES (%s, 1, 'a') RETURNING number", poll)
    assert ledger.violations(cursor, before, claims(f"done vote {poll} 4 1")) == [
        f"Lost: person 4 voted for 1 in poll {poll}, and there is nothing."
    ]
    asked(
        "INSERT INTO votes (poll_id, user_id, choices, created_at) VALUES (%s, 5, '{1}', clock_timestamp()) RETURNING user_id",
        poll,
    )
    asked("UPDATE polls SET voter_count = 1 WHERE id = %s RETURNING id", poll)
    asked("UPDATE poll_choices SET vote_count = 1 WHERE poll_id = %s RETURNING number", poll)
    assert ledger.violations(cursor, before, claims()) == [f"Unasked: nobody has sent the vote of person 5 in poll {poll}."]
    assert ledger.violations(cursor, before, claims(f"sent vote {poll} 5 1", f"done vote {poll} 5 1")) == []


def test_the_last_word_on_a_follow_counts(cursor, before, asked):
    ((reader, author),) = asked("SELECT follower_id, followed_id FROM followers WHERE follower_id > 5 LIMIT 1")
    pair = f"{reader} {author}"
    assert ledger.violations(cursor, before, claims(f"done unfollow {pair}", f"done follow {pair}")) == []
    assert ledger.violations(cursor, before, claims(f"done follow {pair}", f"done unfollow {pair}")) == [
        f"Lost: person {reader} has ceased to read {author}, and that is not so."
    ]
    in_doubt = claims(f"done follow {pair}", f"sent unfollow {pair}")
    assert ledger.violations(cursor, before, in_doubt) == []


@pytest.mark.parametrize(
    ("spoiled", "told"),
    [
        ("UPDATE users SET post_count = post_count + 1 WHERE id = 4", "users.post_count: 1 do not equal their rows, such as 4"),
        ("UPDATE users SET follower_count = 0 WHERE id IN (1, 2)", "users.follower_count: 2 do"),
        ("DELETE FROM followers WHERE follower_id = 3 AND followed_id = 1", "users.followed_count: 1 do"),
        ("UPDATE users SET unread_notification_count = 99 WHERE id = 7", "users.unread_notification_count: 1 do"),
        ("UPDATE users SET unread_message_count = 99 WHERE id = 7", "users.unread_message_count: 1 do"),
        ("UPDATE signals SET payload = '99' WHERE user_id = 7", "signals of unread counts: 2 do"),
        ("UPDATE polls SET voter_count = 99 WHERE post_id = (SELECT max(post_id) FROM polls)", "polls.voter_count: 1 do"),
        (
            "UPDATE poll_choices SET vote_count = 99 WHERE number = 1 AND poll_id = (SELECT max(poll_id) FROM poll_choices)",
            "poll_choices",
        ),
        ("UPDATE counters SET value = 31 WHERE name = 'users'", "counters.users: 1 do not equal their rows, such as users"),
    ],
)
def test_a_counter_that_is_wrong_is_found(cursor, spoiled, told):
    assert ledger.counters(cursor) == []
    cursor.execute(spoiled)
    assert any(each.startswith(told) for each in ledger.counters(cursor))


def test_a_thousand_losses_are_told_in_a_few_lines(cursor, before):
    lost = [f"done post r1.0.{number} 4" for number in range(1_000)]
    found = ledger.violations(cursor, before, claims(*lost))
    assert len(found) == 6
    assert found[-1] == "… and 995 more like these."


def test_ledgers_are_read_in_their_order_and_counted(tmp_path):
    for number, verb in enumerate(("follow", "unfollow")):
        (tmp_path / f"{number}").write_text(f"sent\t{verb}\t4\t5\ndone\t{verb}\t4\t5\n")
    found = ledger.read([tmp_path / "0", tmp_path / "1"])
    assert found.follows == {(4, 5): False}
    assert found.acknowledged == {"follow": 1, "unfollow": 1}
