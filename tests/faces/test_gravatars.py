"""With AVATARS=gravatar pages show Gravatar's pictures, for one query more whatever is on them."""

import re

import pytest

from microblog.core import credentials, posts
from microblog.faces import gravatars


@pytest.fixture
def as_john(browser, new_person, db, having):
    john = new_person("john")
    credentials.set_email(db, john.id, "John@Example.com")
    db.commit()
    browser.log_in(john)
    having(avatars="gravatar")
    return browser


MARK = "d4c74594d841139328695756648b6bd6"


@pytest.mark.row("MT-06.3", "MT-06.4")
@pytest.mark.parametrize(("page", "size"), [("/user/john", 128), ("/explore", 70), ("/user/john/popup", 64)])
def test_the_address_of_a_picture_is_made_of_the_e_mail_address_in_lower_case(as_john, db, alice, page, size):
    as_john.send("/", post="hello")
    answer = as_john.get(page)
    assert f"https://www.gravatar.com/avatar/{MARK}?d=identicon&amp;s={size}" in answer.text
    assert "\x1a" not in answer.text
    assert "img-src 'self' https://www.gravatar.com;" in answer.headers["Content-Security-Policy"]


def test_many_people_on_a_page_cost_one_query_more(as_john, new_person, db, counted, having):
    for number in range(12):
        posts.publish(db, new_person(f"person{number}").id, f"post {number}", longest=300)
    db.commit()
    with counted() as with_gravatars:
        page = as_john.get("/explore").text
    assert len(set(re.findall(r"/avatar/([0-9a-f]{32})\?", page))) == 12
    having(avatars="own")
    with counted() as without:
        answer = as_john.get("/explore")
    assert len(with_gravatars) == len(without) + 1
    assert "gravatar" not in answer.headers["Content-Security-Policy"]


@pytest.mark.row("MT-D41")
def test_no_page_says_anything_of_e_mail_addresses_unless_the_operator_wants_it(as_alice, alice, db):
    as_alice.send("/", post="hello")
    for page in ("/", "/explore", "/user/alice", "/user/alice/popup"):
        assert not re.search(r"gravatar|[0-9a-f]{32}\?", as_alice.get(page).text)


def test_without_a_database_everybody_looks_like_nobody():
    class Away:
        def execute(self, *_):
            from sqlalchemy.exc import TimeoutError

            raise TimeoutError

    page = f'<img src="{gravatars.address(5, 64)}">'
    assert gravatars.complete(Away(), page) == f'<img src="https://www.gravatar.com/avatar/{"0" * 32}?d=identicon&s=64">'


def test_what_somebody_writes_is_never_filled_in(as_john, new_browser, db):
    as_john.send("/", post=r"it says \u001a1\u001a and nothing else")
    assert r"it says \u001a1\u001a and nothing else" in as_john.get("/explore").text
