"""Letters are whole, in their reader's language, and known again when they come twice."""

import pytest

from microblog.faces.jobs import letters
from microblog.framework.languages import Message


@pytest.mark.row("MT-10.5", "MT-10.9")
def test_a_letter_has_text_and_html_and_says_from_whom_it_is(work):
    letters.send(work, "test", Message("A test"), "susan@example.org")
    (letter,) = work.post_office.letters
    assert letter["Subject"] == "[Microblog] A test"
    assert letter["To"] == "susan@example.org"
    assert "no-reply@localhost" in letter["From"]
    assert letter["Date"] == "Fri, 20 Nov 2026 12:00:00 +0000"
    assert [part.get_content_type() for part in letter.walk() if not part.is_multipart()] == ["text/plain", "text/html"]
    assert "letters from this site arrive" in letter.get_body(("plain",)).get_content()


def test_the_same_job_sends_the_same_letter_again(work):
    for _ in range(2):
        letters.send(work, "test", Message("A test"), "susan@example.org")
    first, second = work.post_office.letters
    assert first["Message-ID"] == second["Message-ID"] == "<job-4711@localhost>"
    assert first["Date"] == second["Date"]


@pytest.mark.parametrize("address", ["a@example.org\r\nBcc: b@example.org", "a@example.org, b@example.org", "a\x00@example.org"])
def test_an_address_that_is_two_is_none(work, address):
    with pytest.raises(ValueError, match=r"."):
        letters.send(work, "test", Message("A test"), address)
    assert work.post_office.letters == []


@pytest.mark.row("MT-02.4")
def test_names_are_text_in_html_and_as_they_are_in_text(work):
    letters.send(work, "reset", Message("A test"), "susan@example.org", name="<b>&", link="http://localhost/x")
    (letter,) = work.post_office.letters
    assert "Dear <b>&," in letter.get_body(("plain",)).get_content()
    assert "Dear &lt;b&gt;&amp;," in letter.get_body(("html",)).get_content()
