"""The letters about addresses, old ones and new ones."""

import re

import pytest

from microblog.core import tokens
from microblog.faces.jobs import addresses


def test_the_letter_goes_to_the_new_address_with_a_link_that_knows_it(work, alice):
    addresses.confirm(work, alice.id, "ann@example.org", "Alice")
    (letter,) = work.post_office.letters
    assert letter["To"] == "ann@example.org"
    token = re.search(r"/auth/email/([\w-]+)", letter.get_body(("plain",)).get_content())[1]
    found = tokens.look(work.db, token, "email")
    assert (found.user_id, found.details) == (alice.id, {"email": "ann@example.org"})


@pytest.mark.row("MT-23.11")
def test_the_old_address_hears_that_it_is_no_more_in_its_readers_language_and_how_to_undo_it(work):
    addresses.tell(work, "alice@example.org", "Alice", "ko")
    (letter,) = work.post_office.letters
    assert letter["To"] == "alice@example.org"
    assert "http://localhost/microblog/account/password" in letter.get_body(("plain",)).get_content()
    assert "http://localhost/microblog/account/password" in letter.get_body(("html",)).get_content()
    addresses.tell(work, "alice@example.org", "Alice")
    english = work.post_office.letters[-1].get_body(("plain",)).get_content()
    assert "Your account has another e-mail address now" in english
    assert "ann@example.org" not in english
