"""Routes: a row a URL, closed until opened, and links that are made nowhere else."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import BuildError, RequestRedirect

from microblog.framework.routing import Face, Path, Urls, address, public, up_to


@public
def index(request):
    """Open to all."""


def show(request, post_id):
    """Closed."""


def delete(request, post_id):
    """Closed."""


def profile(request, username):
    """Closed."""


def new_face(name: str, prefix: str, *paths: Path) -> Face:
    return Face(name, prefix, paths, identify=print, guard=print, refuse=print, body=100, limit="write", cache="no-store")


WEB = new_face(
    "web",
    "",
    Path("/", GET=index),
    Path("/post/<id:post_id>", GET=show, DELETE=delete, limit="post", body=5, cache="public"),
    Path("/user/<handle:username>", GET=profile),
    Path("/livez", GET=index, anonymous=True),
)
API = new_face("api", "/api", Path("/post/<id:post_id>", GET=show))
URLS = Urls([WEB, API], scheme="https", host="example.org", mount="/microblog")


def match(path: str, method: str = "GET"):
    return URLS.bind(path, method).match(return_rule=True)


def test_a_row_says_which_function_answers_and_with_what():
    route, arguments = match("/post/7", "DELETE")
    assert (route.handler, arguments, route.verb) == (delete, {"post_id": 7}, "DELETE")


def test_a_handler_is_closed_until_it_is_opened():
    assert [match(path)[0].is_public for path in ("/", "/post/7")] == [True, False]


def test_a_row_takes_from_its_face_what_it_does_not_say():
    home, post = match("/")[0], match("/post/7")[0]
    assert (home.body, home.limit, home.cache) == (100, "write", "no-store")
    assert (post.body, post.limit, post.cache) == (5, "post", "public")


def test_who_asks_for_a_page_may_ask_for_its_head():
    assert match("/", "HEAD")[0].handler is index


def test_a_verb_that_no_column_has_is_refused_with_those_there_are():
    with pytest.raises(MethodNotAllowed) as refusal:
        match("/post/7", "POST")
    assert set(refusal.value.valid_methods) == {"GET", "HEAD", "DELETE"}


@pytest.mark.parametrize("handlers", [{}, {"FETCH": index}, {"get": index}, {"HEAD": index}])
def test_a_row_without_a_verb_is_refused_at_the_start(handlers):
    with pytest.raises(ValueError, match="not verbs"):
        Path("/", **handlers)


def test_a_path_that_knows_no_caller_must_be_public():
    with pytest.raises(ValueError, match="must be public"):
        Urls([new_face("web", "", Path("/x", GET=show, anonymous=True))], scheme="http", host="h", mount="")


def test_an_endpoint_is_an_address():
    assert address(WEB, show) == f"web.{__name__.rpartition('.')[2]}.show"


@pytest.mark.parametrize("number", ["1", "42", "9223372036854775807"])
def test_an_id_is_a_number_the_database_can_hold(number):
    assert match(f"/post/{number}")[1] == {"post_id": int(number)}


@pytest.mark.parametrize("most", [9, 10, 42, 99, 100, 1_234, 5_000])
def test_numbers_up_to_a_limit_and_no_others_fit(most):
    fits = re.compile(up_to(most), re.ASCII)
    assert [number for number in range(most * 2 + 20) if fits.fullmatch(str(number))] == list(range(1, most + 1))
    assert not fits.fullmatch("01")


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT"])
@pytest.mark.parametrize("text", ["0", "01", "-1", "+1", "1.0", "٣", "1 ", "abc", "9223372036854775808", "1" * 400, ""])
def test_an_id_that_is_none_is_no_page_whatever_is_to_be_done_there(text, method):
    with pytest.raises(NotFound):
        match(f"/post/{text}", method)


@pytest.mark.row("MT-D07")
@pytest.mark.parametrize("name", ["a", "_", "susan", "Susan_2.0-x", "a" * 64])
def test_a_handle_is_what_a_username_may_be(name):
    assert match(f"/user/{name}")[1] == {"username": name}


@pytest.mark.parametrize("name", ["", ".", "-a", "a-", "a.", "a b", "수잔", "a/b", "a\n", "a" * 65])
def test_a_handle_that_is_none_is_no_page(name):
    with pytest.raises((NotFound, RequestRedirect)):
        match(f"/user/{name}")


@given(st.text(max_size=30))
def test_no_path_does_anything_but_lead_somewhere_or_nowhere(path):
    try:
        route, _ = match("/" + path)
        leads_to = URLS.path(route.endpoint) if route.handler is index else "/microblog/"
    except NotFound:
        leads_to = "/microblog/"
    except RequestRedirect as detour:
        leads_to = detour.new_url.removeprefix("https://example.org")
    assert leads_to.startswith("/microblog/")


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/", "web"),
        ("/nowhere", "web"),
        ("/api", "api"),
        ("/api/", "api"),
        ("/api/nowhere", "api"),
        ("/apis", "web"),
        ("", "web"),
    ],
)
def test_the_face_with_the_longest_prefix_speaks_also_where_it_has_no_page(path, name):
    assert URLS.face_at(path).name == name


# Links

HERE = __name__.rpartition(".")[2]


@pytest.mark.row("XC-02")
@pytest.mark.parametrize(("mount", "path"), [("", "/post/7"), ("/microblog", "/microblog/post/7"), ("/a/b", "/a/b/post/7")])
def test_every_link_has_the_mount(mount, path):
    urls = Urls([WEB], scheme="https", host="example.org:8443", mount=mount)
    assert urls.path(f"web.{HERE}.show", post_id=7) == path
    assert urls.address(f"web.{HERE}.show", post_id=7) == f"https://example.org:8443{path}"


def test_the_same_function_in_another_face_has_a_link_of_its_own():
    assert URLS.path(f"api.{HERE}.show", post_id=7) == "/microblog/api/post/7"


@pytest.mark.row("XC-09")
def test_what_is_no_part_of_the_path_is_a_query():
    assert URLS.path(f"web.{HERE}.index", q="한글 &", page=None) == "/microblog/?q=%ED%95%9C%EA%B8%80+%26"


@given(st.integers(1, 2**63 - 1))
def test_a_link_leads_back_to_its_page(number):
    link = URLS.path(f"web.{HERE}.show", post_id=number)
    assert match(link.removeprefix("/microblog"))[1] == {"post_id": number}


def test_a_link_to_nowhere_is_an_error_of_ours():
    with pytest.raises(BuildError):
        URLS.path("web.posts.nowhere")


@pytest.mark.row("MT-D18")
def test_a_detour_leads_to_the_configured_host():
    with pytest.raises(RequestRedirect) as detour:
        match("/post//7")
    assert detour.value.new_url.startswith("https://example.org/microblog/")


@pytest.mark.parametrize("number", [1, 7, 2**63 - 1])
def test_links_of_a_list_are_the_same_as_all_others(number):
    assert URLS.numbered("web.test_routing.show", "post_id")(number) == URLS.path("web.test_routing.show", post_id=number)
    assert URLS.numbered("web.test_routing.index", "page")(number) == URLS.path("web.test_routing.index", page=number)
    assert URLS.numbered("web.test_routing.index", "a", "b")((number, 5)) == URLS.path("web.test_routing.index", a=number, b=5)


def test_a_path_leads_to_its_route_the_second_time_too_and_what_it_brought_cannot_be_changed():
    for _ in range(2):
        route, arguments = URLS.match("/post/7", "GET", "")
        assert (route.handler, dict(arguments)) == (show, {"post_id": 7})
        with pytest.raises(TypeError):
            arguments["post_id"] = 8
        assert URLS.match("/post/7", "DELETE", "")[0].handler is delete
        with pytest.raises(NotFound):
            URLS.match("/post/seven", "GET", "")
        with pytest.raises(MethodNotAllowed):
            URLS.match("/post/7", "PATCH", "")


def test_what_was_asked_travels_with_a_redirect_to_the_right_path():
    with pytest.raises(RequestRedirect) as detour:
        URLS.match("/post//7", "GET", "page=2")
    assert detour.value.new_url.endswith("/microblog/post/7?page=2")


def test_only_a_bounded_number_of_short_paths_is_remembered():
    for number in range(3_000):
        URLS.match(f"/post/{number + 1}", "GET", "")
    assert URLS._kept_match.cache_info().currsize == 2_048
    before = URLS._kept_match.cache_info().misses
    URLS.match(f"/user/{'a' * 60}", "GET", "")
    with pytest.raises(NotFound):
        URLS.match("/post/" + "1" * 200, "GET", "")
    assert URLS._kept_match.cache_info().misses == before + 1
