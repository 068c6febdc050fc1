"""The whole site through real nginx and uWSGI: the main job, the crawl, and the edges of the prefix."""

import pytest

from microblog import demo
from microblog.framework.response import SECURITY_HEADERS

from .conftest import Install
from .crawl import Crawl
from .installation import Installation
from .visitor import Visitor


@pytest.mark.row("XC-02", "XC-09", "MT-05.2", "MT-05.10", "MT-08.2", "MT-08.6", "MT-09.1")
def test_a_newcomer_signs_up_posts_in_korean_follows_somebody_and_reads_the_timeline(any_site: Installation):
    newcomer = any_site.visitor()
    page = newcomer.sign_up("haneul", "바다를 본다 0412")
    assert page.path == any_site.mount + "/auth/login"
    assert "Congratulations, you are now a registered user!" in page.words
    page = newcomer.press(page, "Sign In", username="haneul", password="바다를 본다 0412")
    assert page.path == any_site.mount + "/"
    page = newcomer.press(page, "Submit", post="안녕하세요, 한글과 😀 그리고 <b>굵게</b>")
    assert "Your post is now live!" in page.words
    assert "안녕하세요, 한글과 😀 그리고 <b>굵게</b>" in page.words
    author = any_site.rows("SELECT username FROM users WHERE post_count > 5 ORDER BY id LIMIT 1")[0][0]
    page = newcomer.press(newcomer.open(f"/user/{author}"), "Follow")
    assert f"You are following {author}!" in page.words
    assert "1 follower" in page.words or "followers" in page.words
    home = newcomer.open("/")
    assert f"@{author}" in home.words
    assert "안녕하세요" in home.words
    page = newcomer.press(home, "Logout")
    assert page.path.startswith(any_site.mount + "/auth/login")


def crawl_of(site: Installation, visitor: Visitor, *further: str) -> Crawl:
    names = {name for (name,) in site.rows("SELECT username FROM users")}
    return Crawl(visitor, site.origin, [site.mount + path for path in ("/", *further)], names).run()


@pytest.mark.row("XC-02", "MT-03.7", "MT-D06", "MT-D39", "MT-D40")
def test_no_link_of_a_logged_in_person_leaves_the_mount_or_is_dead(any_site: Installation):
    stranger = any_site.rows(
        "SELECT username FROM users WHERE username <> 'marta' AND id NOT IN (SELECT followed_id FROM followers"
        " WHERE follower_id = (SELECT id FROM users WHERE username = 'marta'))"
    )[0][0]
    crawl = crawl_of(any_site, any_site.member("marta", 11), f"/user/{stranger}")
    assert crawl.faults == []
    assert {"/explore", "/user/*", "/post/*", "/?before=*", "/explore?before=*", "/user/*?before=*"} <= set(crawl.kinds)
    assert {"/", "/auth/logout", "/follow/*", "/unfollow/*", "/post/*/delete"} <= crawl.forms
    assert crawl.seen[200] > 50


@pytest.mark.row("XC-02", "MT-05.7", "MT-05.12")
def test_no_link_of_a_stranger_leaves_the_mount_or_is_dead(any_site: Installation):
    crawl = crawl_of(any_site, any_site.visitor(12))
    assert crawl.faults == []
    reached = {page.path.removeprefix(any_site.mount) for page in crawl.pages}
    assert {"/auth/login", "/auth/register"} <= reached
    assert len(crawl.visitor.given) > 0


@pytest.mark.row("MT-17.6", "MT-D40")
def test_static_files_are_served_by_nginx_and_may_be_kept_for_good(any_site: Installation):
    statics = crawl_of(any_site, any_site.visitor(13)).statics
    assert {answer.headers.get_content_type() for answer in statics} >= {"text/css", "text/javascript", "image/svg+xml"}
    for answer in statics:
        assert "immutable" in ", ".join(answer.headers.get_all("Cache-Control")), answer.path
        assert answer.headers["X-Request-ID"] is None, f"{answer.path} was served by the application"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers.get_all("Content-Security-Policy") == ["default-src 'none'; frame-ancestors 'none'"]
        for name in ("Referrer-Policy", "Permissions-Policy", "Cross-Origin-Resource-Policy"):
            assert answer.headers.get_all(name) == [SECURITY_HEADERS[name]], f"{answer.path}: {name}"


@pytest.mark.parametrize(
    "way_out",
    ["../nginx.conf", "%2e%2e/nginx.conf", "..%2fnginx.conf", "%2e%2e%2f%2e%2e%2fetc/passwd", "css/..%5c..%5cnginx.conf", "css"],
)
def test_nothing_beside_the_static_files_is_served(site: Installation, way_out: str):
    (folder,) = {answer.path.split("/made/")[0] for answer in crawl_of(site, site.visitor(14)).statics if "/made/" in answer.path}
    answer = site.visitor(14).get(f"{folder}/{way_out}")
    assert answer.status in (400, 403, 404)
    assert b"worker_processes" not in answer.body


def test_pages_are_compressed_and_static_text_is_too(site: Installation):
    for path in ("/auth/login", "/static/0/css/site.css"):
        answer = site.visitor(15).get(site.mount + path, {"Accept-Encoding": "gzip"})
        assert answer.status == 200
        assert answer.headers["Content-Encoding"] == "gzip", path
        assert "Accept-Encoding" in ", ".join(answer.headers.get_all("Vary"))


def test_livez_and_readyz_answer_below_the_mount(any_site: Installation):
    visitor = any_site.visitor()
    assert visitor.get(any_site.mount + "/livez").text == "alive\n"
    assert visitor.get(any_site.mount + "/readyz").text == "ready\n"


def test_the_prefix_without_its_slash_leads_to_the_prefix(site: Installation):
    answer = site.visitor().get("/microblog?page=2")
    assert answer.status == 308
    assert answer.headers["Location"] in ("/microblog/?page=2", f"{site.origin}/microblog/?page=2")


@pytest.mark.row("LB-18", "XC-02")
@pytest.mark.parametrize("path", ["/", "/explore", "/microblogs", "/microblog2/explore", "/static/0/css/site.css", "/Microblog/"])
def test_what_lies_outside_the_prefix_is_none_of_our_business(site: Installation, path: str):
    answer = site.visitor().get(path)
    assert answer.status == 404
    assert answer.headers["X-Request-ID"] is None, "the application was asked"


@pytest.mark.row("MT-07.1", "MT-15.1")
def test_what_is_missing_below_the_prefix_is_a_page_of_ours(any_site: Installation):
    for path in ("/nope", "/login", "/user", "/post/0", "/static/", "/static/0/css", "/livez/x"):
        answer = any_site.visitor().get(any_site.mount + path)
        assert answer.status == 404, path
        assert "File Not Found" in answer.words
        assert any_site.mount + "/" in [link.attrs["href"] for link in answer.page.query("a")]


@pytest.mark.row("LB-18", "XC-02")
def test_nginx_conf_serves_another_prefix_when_its_three_locations_say_so(new_site: Install):
    site = new_site(mount="/60162176")
    assert crawl_of(site, site.visitor()).faults == []
    page = site.member("marta").open("/explore")
    assert page.path == "/60162176/explore"
    assert site.visitor().get("/60162176").status == 308
    assert site.visitor().get("/microblog/").status == 404


@pytest.mark.row("XC-02", "MT-05.7", "MT-05.8", "MT-D03")
def test_a_stranger_comes_back_to_the_page_they_wanted_after_logging_in(any_site: Installation):
    stranger = any_site.visitor()
    page = stranger.open("/explore?page=2")
    assert "Please log in to access this page." in page.words
    page = stranger.press(page, "Sign In", username="marta", password=demo.PASSWORD)
    assert page.path == any_site.mount + "/explore?page=2"
    elsewhere = any_site.visitor()
    page = elsewhere.open("/auth/login?next=//evil.test/")
    assert elsewhere.press(page, "Sign In", username="marta", password=demo.PASSWORD).path == any_site.mount + "/"
