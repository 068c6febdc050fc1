"""The letter about an error."""

from microblog.faces.jobs import failures


def test_the_letter_has_the_whole_trace(work):
    failures.send(work, "admin@example.org", "ERROR: it broke\n\nTraceback <here>", 3)
    (letter,) = work.post_office.letters
    assert letter["Subject"] == "[Microblog] Failure"
    assert "Traceback <here>" in letter.get_body(("plain",)).get_content()
    assert "Traceback &lt;here&gt;" in letter.get_body(("html",)).get_content()
    assert "has happened 3 times so far" in letter.get_body(("plain",)).get_content()
