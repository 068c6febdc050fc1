"""The letter that asks whether an address is somebody's."""

import re

from microblog.core import tokens
from microblog.faces.jobs import addresses


def test_the_letter_goes_to_the_new_address_with_a_link_that_knows_it(work, alice):
    addresses.confirm(work, alice.id, "ann@example.org", "Alice")
    (letter,) = work.post_office.letters
    assert letter["To"] == "ann@example.org"
    token = re.search(r"/auth/email/([\w-]+)", letter.get_body(("plain",)).get_content())[1]
    found = tokens.look(work.db, token, "email")
    assert (found.user_id, found.details) == (alice.id, {"email": "ann@example.org"})
