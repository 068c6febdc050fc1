"""The letter with a link to a new password."""

import re

import pytest
from sqlalchemy import func, select

from microblog.core import tokens
from microblog.faces.jobs import resets
from microblog.models import Token


@pytest.mark.row("MT-10.5", "MT-10.6", "MT-D18")
def test_the_letter_goes_to_the_stored_address_with_a_link_that_works(work, alice):
    resets.send(work, "ALICE@EXAMPLE.ORG", "en")
    (letter,) = work.post_office.letters
    assert letter["To"] == "alice@example.org"
    assert letter["Subject"] == "[Microblog] Reset Your Password"
    for kind in ("plain", "html"):
        content = letter.get_body((kind,)).get_content()
        assert "Dear Alice Ånström," in content
        assert "The Microblog Team" in content
        assert "simply ignore this message" in content
        token = re.search(r"http://localhost/microblog/auth/reset_password/([\w-]+)", content)[1]
        assert tokens.look(work.db, token, "reset").user_id == alice.id


def test_a_letter_sent_twice_has_one_link(work, alice):
    for _ in range(2):
        resets.send(work, alice.email)
    first, second = work.post_office.letters
    assert first.get_body(("plain",)).get_content() == second.get_body(("plain",)).get_content()
    assert work.db.scalar(select(func.count()).select_from(Token)) == 1


@pytest.mark.row("MT-10.3")
def test_nobody_gets_no_letter(work, alice):
    resets.send(work, "nobody@example.org")
    assert work.post_office.letters == []


@pytest.mark.row("MT-13.3", "MT-13.6")
def test_the_letter_is_in_its_readers_language(work, alice):
    resets.send(work, alice.email, "es")
    (letter,) = work.post_office.letters
    assert letter["Subject"] == "[Microblog] Nueva Contraseña"
    assert "Dear" not in letter.get_body(("plain",)).get_content()
