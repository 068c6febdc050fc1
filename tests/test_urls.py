"""All faces on one map: no two answer the same, every link has the mount, and every route has said who it is for."""

from dataclasses import replace

import pytest

from microblog import urls
from microblog.framework.routing import VERBS


@pytest.fixture(scope="module")
def made(settings):
    return urls.bind_outside(settings)


@pytest.mark.row("XC-02")
@pytest.mark.parametrize(
    ("address", "link"),
    [
        ("http://localhost", "http://localhost/auth/login"),
        ("https://example.org/60162176", "https://example.org/60162176/auth/login"),
        ("https://example.org:8443/a/b", "https://example.org:8443/a/b/auth/login"),
    ],
)
def test_links_are_made_at_the_configured_address(settings, address, link):
    assert urls.bind_outside(replace(settings, public_url=address)).address("web.sessions.new") == link


def test_the_first_face_speaks_where_nobody_else_does(made):
    assert made.face_at("/nowhere/at/all").name == "web"


def test_faces_have_names_and_prefixes_of_their_own():
    assert len({face.name for face in urls.FACES}) == len({face.prefix for face in urls.FACES}) == len(urls.FACES)


def test_no_two_routes_answer_the_same_request(made):
    answered = [(route.verb, route.rule) for route in made.routes]
    assert len(set(answered)) == len(answered)


@pytest.mark.row("MT-15.1")
def test_all_pages_of_coming_and_going_stand_below_auth(made):
    doors = ("web.sessions.new", "web.sessions.create", "web.users.new", "web.users.create", "web.resets.new", "web.resets.edit")
    for endpoint in doors:
        assert all(route.rule.startswith("/auth/") for route in made.routes if route.endpoint == endpoint)
        assert endpoint in {route.endpoint for route in made.routes}


def test_every_route_has_said_everything_there_is_to_say(made):
    for route in made.routes:
        assert route.verb in VERBS
        assert route.body > 0
        assert route.limit
        assert route.cache


def test_every_endpoint_is_the_address_of_its_function(made):
    for route in made.routes:
        face, module, name = route.endpoint.split(".")
        assert route.handler.__module__ == f"microblog.faces.{face}.{module}"
        assert route.handler.__name__ == name


@pytest.mark.row("XC-08")
def test_two_maps_in_one_process_do_not_know_of_each_other(settings, made):
    other = urls.bind_outside(replace(settings, public_url="https://example.org"))
    assert made.path("web.sessions.new") == "/microblog/auth/login"
    assert other.path("web.sessions.new") == "/auth/login"
