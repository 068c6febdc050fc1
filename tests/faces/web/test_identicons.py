"""Pictures drawn from a seed."""

from microblog.faces.web import identicons


def test_a_hundred_people_look_different():
    assert len({identicons.draw(f"user {number}") for number in range(100)}) > 95


def test_a_picture_has_nothing_that_runs_or_loads():
    for number in range(50):
        picture = identicons.draw(f"<script>{number}")
        assert "script" not in picture
        assert "href" not in picture
        assert "style" not in picture
