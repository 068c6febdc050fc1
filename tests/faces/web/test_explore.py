"""The explore page."""

import pytest

from microblog.core import posts


@pytest.mark.row("MT-09.4", "MT-09.5", "MT-09.6", "MT-06.5")
def test_explore_has_everybodys_posts_and_no_form_to_write(as_alice, bob, charlie, db):
    for person in (bob, charlie):
        posts.publish(db, person.id, f"{person.username} speaks", longest=300)
    db.commit()
    page = as_alice.get("/explore").text
    assert page.index("charlie speaks") < page.index("bob speaks")
    assert "<title>Explore - Microblog</title>" in page
    assert "<textarea" not in page
    assert 'href="/microblog/user/bob"' in page


def test_an_empty_town_says_so(as_alice):
    assert "Nobody has said anything yet." in as_alice.get("/explore").text
