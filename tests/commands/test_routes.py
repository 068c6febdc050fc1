"""routes: every URL is listed with what it calls and what it asks."""

import pytest

from microblog import urls


@pytest.fixture
def lines(command) -> list[str]:
    done = command("routes")
    assert done.status == 0
    return done.out.splitlines()


def row(lines: list[str], verb: str, path: str) -> str:
    return next(line for line in lines if line.split()[:2] == [verb, path])


@pytest.mark.row("XC-04")
def test_every_route_has_its_line(lines, settings):
    routes = urls.bind_outside(settings).routes
    wanted = [[route.verb, *route.rule.split(), route.endpoint] for route in routes]
    assert [line.split()[: len(row)] for line, row in zip(lines[1:], wanted, strict=True)] == wanted


def test_a_line_says_for_whom_it_is(lines):
    assert "people logged in" in row(lines, "POST", "/auth/logout")
    assert "everybody" in row(lines, "GET", "/auth/login")
    assert "nobody in particular" in row(lines, "GET", "/livez")


def test_only_what_may_change_something_has_a_limit(lines):
    assert " login " in row(lines, "POST", "/auth/login")
    assert " login " not in row(lines, "GET", "/auth/login")


def test_the_columns_stand_under_their_names(lines):
    place = lines[0].index("CALLS")
    assert all(line[place - 1] == " " and line[place] != " " for line in lines)
    assert all(line == line.rstrip() for line in lines)
