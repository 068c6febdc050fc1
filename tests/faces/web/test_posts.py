"""Publishing, looking at, editing and deleting posts, and asking something with them."""

import re

import pytest
from sqlalchemy import func, select, true

from microblog.core import posts, votes
from microblog.models import Job, Notification, Poll, PollChoice, Post, Signal, User

NONCE = re.compile('name="csrf_token" value="[^"]+"')


def stored(db):
    return list(db.scalars(select(Post.body).order_by(Post.id)))


@pytest.mark.row("MT-09.1", "MT-09.2", "XC-09")
def test_what_one_says_is_live_once(as_alice, db):
    answer = as_alice.send("/", post="한글😀 hello")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/microblog/")
    page = as_alice.get("/").text
    assert page.count("Your post is now live!") == 1
    assert "한글😀 hello" in page
    assert "Your post is now live!" not in as_alice.get("/").text
    assert stored(db) == ["한글😀 hello"]


@pytest.mark.row("MT-09.1")
@pytest.mark.parametrize(
    ("said", "message"),
    [("", "This field is required."), ("  \n ", "This field is required."), ("x" * 301, "At most 300 characters, please.")],
)
def test_what_does_not_fit_is_refused_and_stays_in_the_form(as_alice, db, said, message):
    answer = as_alice.send("/", post=said)
    assert answer.status_code == 422
    assert message in answer.text
    assert said.strip() in answer.text
    assert stored(db) == []


def test_three_hundred_characters_of_any_script_fit(as_alice, db):
    assert as_alice.send("/", post="한" * 299 + "😀").status_code == 303
    assert len(stored(db)[0]) == 300


def test_the_same_form_sent_twice_says_it_once(as_alice, db):
    page = as_alice.get("/").text
    fields = {name: re.search(rf'name="{name}" value="([^"]+)"', page)[1] for name in ("csrf_token", "nonce")}
    for _ in range(2):
        assert as_alice.post("/", data=fields | {"post": "double click"}).status_code == 303
    assert stored(db) == ["double click"]


def test_the_kept_frame_of_a_post_has_nothing_of_another_post_or_reader_in_it(as_alice, alice, bob, new_browser, having, app, db):
    having(environment="production")
    ids = [posts.publish(db, person.id, f"said by {person.username}", longest=300) for person in (alice, bob)]
    as_bob = new_browser()
    as_bob.log_in(bob)
    first = as_alice.get(f"/post/{ids[1]}").text
    assert app.frames
    for browser, reader, other in ((as_alice, alice, bob), (as_bob, bob, alice)):
        for post_id, author in zip(ids, (alice, bob), strict=True):
            page = browser.get(f"/post/{post_id}").text
            stranger = other if author == reader else None
            assert f"<title>Post by {author.username} - Microblog</title>" in page
            assert f"said by {author.username}" in page
            assert f"/microblog/user/{reader.username}" in page
            assert stranger is None or stranger.username not in page
            assert ("/delete" in page) == (author == reader)
            assert len(re.findall('name="csrf_token" value="[^"]{20,}"', page)) == 1
    kept = as_alice.get(f"/post/{ids[1]}").text
    assert NONCE.sub("", kept) == NONCE.sub("", first), "drawn or kept, it is the same"
    as_alice.send(f"/post/{ids[0]}/edit", post="said again by alice")
    told = as_alice.get(f"/post/{ids[0]}").text
    assert "Your post has been changed." in told
    assert "said again by alice" in told
    assert "Your post has been changed." not in as_bob.get(f"/post/{ids[0]}").text
    assert "Your post has been changed." not in as_alice.get(f"/post/{ids[0]}").text


@pytest.mark.row("MT-02.4")
def test_what_people_write_is_text_and_never_markup(as_alice, db):
    as_alice.send("/", post='<script>alert(1)</script> & "quotes" https://example.org/?a=1&b=<i> javascript:alert(2)')
    for path in ("/", "/explore", "/user/alice"):
        page = as_alice.get(path).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
        assert 'href="javascript' not in page
        assert 'href="https://example.org/?a=1&amp;b="' in page


def test_a_post_has_a_page_of_its_own(as_alice, alice, db):
    post_id = posts.publish(db, alice.id, "by itself", longest=300)
    db.commit()
    assert "by itself" in as_alice.get(f"/post/{post_id}").text
    assert as_alice.get(f"/post/{post_id + 1}").status_code == 404
    assert "does not exist any more" in as_alice.get(f"/post/{post_id + 1}").text


def test_ones_own_post_can_be_deleted(as_alice, alice, db):
    post_id = posts.publish(db, alice.id, "hasty", longest=300)
    db.commit()
    assert f"/microblog/post/{post_id}/delete" in as_alice.get("/").text
    answer = as_alice.press(f"/post/{post_id}/delete")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/microblog/user/alice")
    assert as_alice.flashes() == ["Your post has been deleted."]
    assert stored(db) == []
    assert as_alice.press(f"/post/{post_id}/delete").status_code == 404


def test_nobody_deletes_what_another_said(as_alice, bob, db):
    post_id = posts.publish(db, bob.id, "mine", longest=300)
    db.commit()
    assert f"/microblog/post/{post_id}/delete" not in as_alice.get("/explore").text
    assert as_alice.press(f"/post/{post_id}/delete").status_code == 403
    assert stored(db) == ["mine"]


@pytest.mark.row("MN-21")
def test_strangers_say_and_read_nothing(browser, alice, db):
    post_id = posts.publish(db, alice.id, "for people who are in", longest=300)
    db.commit()
    token = browser.token()
    assert browser.get(f"/post/{post_id}").status_code == 302
    assert browser.post("/", data={"csrf_token": token, "post": "hello"}).headers["Location"] == "/microblog/auth/login"
    assert browser.post(f"/post/{post_id}/delete", data={"csrf_token": token}).status_code == 303
    assert db.scalar(select(func.count()).select_from(Post)) == 1


@pytest.mark.parametrize(
    "raw",
    [
        b"post=%00",
        b"post=%ff",
        b"post=\xff",
        b"post=%ED%A0%80",
        b"post=a%1bb",
        b"post=%EF%BF%BF",
        b"&".join(b"a%d=1" % n for n in range(500)),
    ],
)
def test_bytes_that_are_no_text_are_a_400_and_nothing_is_stored(as_alice, db, raw):
    token = as_alice.token("/").encode()
    answer = as_alice.post("/", data=b"csrf_token=" + token + b"&" + raw, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 400
    assert stored(db) == []


def test_a_form_in_parts_is_a_form_too(as_alice, db):
    data = {"csrf_token": as_alice.token("/"), "post": "in parts 한글"}
    assert as_alice.post("/", data=data, content_type="multipart/form-data").status_code == 303
    assert stored(db) == ["in parts 한글"]


# Asking something with it


def asked(db):
    """The polls there are: the post's text, the choices, whether one may take several, and for how long (seconds)."""
    found = db.execute(
        select(Post.body, Poll.id, Poll.takes_several, func.extract("epoch", Poll.closes_at - Poll.created_at))
        .join(Poll, Poll.post_id == Post.id)
        .order_by(Poll.id)
    ).all()
    choices = {poll_id: db.scalars(select(PollChoice.text).where(PollChoice.poll_id == poll_id).order_by(PollChoice.number)).all()
               for _, poll_id, _, _ in found}  # fmt: skip
    return [(body, choices[poll_id], several, int(lasts)) for body, poll_id, several, lasts in found]


def test_a_post_may_ask_something(as_alice, db):
    form = as_alice.get("/").text
    assert [f'name="choice{number}"' in form for number in range(1, 8)] == [True] * 6 + [False]
    assert re.search(r'<option value="86400" selected>\s*1 day', form)
    answer = as_alice.send("/", post="Which?", choice1=" Rye ", choice2="", choice3="한글😀", choice4="", lasts="3600")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/microblog/")
    as_alice.send("/", post="And?", choice5="a", choice6="b", takes_several="y")
    assert asked(db) == [("Which?", ["Rye", "한글😀"], False, 3_600), ("And?", ["a", "b"], True, 86_400)]


@pytest.mark.parametrize(
    "fields", [{}, {"choice1": "", "choice2": " \t "}, {"lasts": "300", "takes_several": "y"}, {"lasts": ""}]
)
def test_where_no_choice_is_filled_in_nothing_is_asked(as_alice, db, fields):
    as_alice.send("/", post="just this", **fields)
    assert stored(db) == ["just this"]
    assert asked(db) == []


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"choice2": "one"}, "Please give at least two choices."),
        ({f"choice{n}": f"c{n}" for n in range(1, 8)}, "A poll has six choices at most."),
        ({"choice1": "Rye", "choice2": "rye "}, "Please give each choice once only."),
        ({"choice1": "Rye", "choice2": "x" * 101}, "At most 100 characters, please."),
        ({"choice1": "a", "choice2": "b", "lasts": "299"}, "A poll is open for five minutes at least"),
        ({"choice1": "a", "choice2": "b", "lasts": "2592001"}, "A poll is open for five minutes at least"),
        ({"choice1": "a", "choice2": "b", "lasts": "9" * 30}, "A poll is open for five minutes at least"),
        ({"choice1": "a", "choice2": "b", "lasts": "soon"}, "A poll is open for five minutes at least"),
    ],
)
def test_a_poll_that_cannot_be_asked_is_refused_with_all_that_was_typed(as_alice, db, fields, message):
    answer = as_alice.send("/", post="<Which>?", takes_several="y", **fields)
    assert answer.status_code == 422
    assert message in answer.text
    assert "&lt;Which&gt;?" in answer.text
    assert '<details class="asking" open>' in answer.text
    assert re.search(r'name="takes_several" value="y" checked', answer.text)
    for name, text in fields.items():
        if name not in ("choice7", "lasts"):
            assert f'name="{name}" value="{text}"' in answer.text
    assert stored(db) == asked(db) == []


def test_one_hears_of_everything_that_is_wrong_at_once(as_alice):
    page = as_alice.send("/", post=" ", choice1="a", lasts="1").text
    for message in ("This field is required.", "Please give at least two choices.", "A poll is open for five minutes at least"):
        assert message in page
    assert page.count("autofocus") == 1


def test_the_same_form_sent_twice_asks_once(as_alice, db):
    page = as_alice.get("/").text
    fields = {name: re.search(rf'name="{name}" value="([^"]+)"', page)[1] for name in ("csrf_token", "nonce")}
    for _ in range(2):
        as_alice.post("/", data=fields | {"post": "double click", "choice1": "a", "choice2": "b"})
    assert len(asked(db)) == 1


def test_a_form_that_was_too_old_keeps_the_choices_that_were_typed(as_alice, db):
    answer = as_alice.post("/", data={"csrf_token": "old", "post": "Which?", "choice1": "Rye", "choice2": "<b>", "lasts": "300"})
    assert answer.status_code == 400
    assert '<details class="asking" open>' in answer.text
    assert 'name="choice2" value="&lt;b&gt;"' in answer.text
    assert '<option value="300" selected>' in answer.text
    assert asked(db) == []


# Saying it otherwise


def test_ones_own_post_can_be_said_otherwise(as_alice, alice, db):
    post_id = posts.publish(db, alice.id, "a tpyo", longest=300)
    db.commit()
    assert f'href="/microblog/post/{post_id}/edit"' in as_alice.get("/").text
    assert "Edited" not in as_alice.get("/").text
    form = as_alice.get(f"/post/{post_id}/edit").text
    assert "<title>Edit Post - Microblog</title>" in form
    assert "a tpyo</textarea>" in form
    answer = as_alice.send(f"/post/{post_id}/edit", post="a typo, not <b>")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/microblog/post/{post_id}")
    assert as_alice.flashes() == ["Your post has been changed."]
    assert stored(db) == ["a typo, not <b>"]
    for path in ("/", "/explore", "/user/alice", f"/post/{post_id}", "/search?q=typo"):
        page = as_alice.get(path).text
        assert "&lt;b&gt;" in page, path
        assert re.search(r'<p class="post-edited">Edited <time datetime="[^"]+Z">', page), path


@pytest.mark.parametrize(
    ("said", "message"), [(" \n", "This field is required."), ("x" * 301, "At most 300 characters, please.")]
)
def test_what_does_not_fit_is_not_said_instead(as_alice, alice, db, said, message):
    post_id = posts.publish(db, alice.id, "as it was", longest=300)
    db.commit()
    answer = as_alice.send(f"/post/{post_id}/edit", post=said)
    assert answer.status_code == 422
    assert message in answer.text
    assert f"{said}</textarea>" in answer.text
    assert stored(db) == ["as it was"]


def test_said_again_as_it_is_a_post_is_not_edited(as_alice, alice, db):
    post_id = posts.publish(db, alice.id, "as it is", longest=300)
    db.commit()
    assert as_alice.send(f"/post/{post_id}/edit", post="as it is").status_code == 303
    assert "Edited" not in as_alice.get("/").text


def test_nobody_edits_what_another_said_or_what_is_gone(as_alice, bob, db):
    post_id = posts.publish(db, bob.id, "mine", longest=300)
    db.commit()
    assert f"/post/{post_id}/edit" not in as_alice.get("/explore").text
    for said in ("yours", ""):
        answer = as_alice.press(f"/post/{post_id}/edit", post=said)
        assert answer.status_code == 403
        assert "You can only edit your own posts." in answer.text
        assert as_alice.press(f"/post/{post_id + 1}/edit", post=said).status_code == 404
    assert as_alice.get(f"/post/{post_id}/edit").status_code == 403
    assert as_alice.get(f"/post/{post_id + 1}/edit").status_code == 404
    assert stored(db) == ["mine"]


def test_a_poll_stays_as_it_is_when_its_post_is_edited(as_alice, alice, bob, ask, db):
    question = ask(alice, "Rye", "Wheat", body="Whihc?")
    votes.cast(db, bob.id, question.id, [1])
    db.commit()
    assert "Its poll stays as it is." in as_alice.get(f"/post/{question.post_id}/edit").text
    as_alice.send(f"/post/{question.post_id}/edit", post="Which?", choice1="Oats", choice2="Barley")
    assert asked(db) == [("Which?", ["Rye", "Wheat"], False, 86_400)]
    assert db.scalar(select(Poll.voter_count).where(Poll.id == question.id)) == 1


def test_a_form_that_was_too_old_changes_no_post_and_keeps_what_was_typed(as_alice, alice, db):
    post_id = posts.publish(db, alice.id, "as it was", longest=300)
    db.commit()
    answer = as_alice.post(f"/post/{post_id}/edit", data={"csrf_token": "old", "post": "typed with care"})
    assert answer.status_code == 400
    assert "typed with care</textarea>" in answer.text
    assert stored(db) == ["as it was"]


ASKING = {"choice1": "rye", "choice2": "oats", "lasts": "86400"}


@pytest.mark.parametrize(("fields", "most"), [({}, 4), (ASKING, 4)])
def test_a_post_with_mentions_and_a_job_is_one_commit_and_few_statements(
    as_alice, bob, charlie, having, db, counted, commits, fields, most
):
    having(rate_limits=True)
    said = {"csrf_token": as_alice.token("/"), "post": "which, @bob and @charlie?", "nonce": "n"}
    with counted() as statements, commits() as committed:
        answer = as_alice.post("/", data=said | fields)
    assert answer.status_code == 303
    assert (len(committed), len(statements)) == (1, most)  # who it is, how often, who is mentioned, and all the rest
    assert db.scalar(select(func.count()).select_from(Notification).where(Notification.kind == "mention")) == 2
    assert db.scalars(select(User.unread_notification_count).order_by(User.id)).all() == [0, 1, 1]
    assert db.scalars(select(Signal.payload).where(Signal.name == "unread_notification_count")).all() == [1, 1]
    asked = select(Poll.id, Poll.closes_at).where(Poll.post_id.is_not(None)).subquery()
    jobs = db.execute(select(Job.arguments, Job.run_at == asked.c.closes_at).join(asked, true())).all()
    assert jobs == ([({"poll_id": db.scalar(select(asked.c.id))}, True)] if fields else [])
