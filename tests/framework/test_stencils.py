"""Stencils: whatever is filled in, the piece is what its template would have drawn."""

from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from microblog.framework.stencils import Stencil


def drawn(name: str, number: int) -> str:
    return Markup("<p id='p{number}' style='width: 100%'>{name} %s %(name)s {{{number}}} {name}</p>").format(
        name=name, number=number
    )


STENCIL = Stencil(drawn("Zq Zq", 987654), {"Zq Zq": "name", "987654": "number", "Zq": "never"})


@given(st.text(), st.integers())
def test_what_is_filled_in_stands_where_it_would_have_been_drawn(name, number):
    assert STENCIL.fill({"name": str(escape(name)), "number": str(number)}) == drawn(name, number)


def test_a_piece_may_have_one_gap_or_none():
    assert Stencil("<b>zq</b>", {"zq": "name"}).fill({"name": "a", "else": "b"}) == "<b>a</b>"
    assert Stencil("<hr>", {"zq": "name"}).fill({"name": "a"}) == "<hr>"
