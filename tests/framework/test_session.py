"""Cookies: ours is found among all others, changes are written once, and nothing else is believed."""

import re
from http.cookies import SimpleCookie

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from microblog.framework.session import YEAR, Cookies, Visit, read_cookie

COOKIES = Cookies(["a key"], mount="/microblog", secure=False)


def sent_back(headers: list[str]) -> str:
    """The Cookie header of a browser that has been given these."""
    return "; ".join(header.partition(";")[0] for header in headers)


def after(visit: Visit, cookies: Cookies = COOKIES) -> Visit:
    """The visit of the next request."""
    return cookies.read(sent_back(cookies.write(visit)))


def attributes(header: str) -> dict[str, str]:
    return {name.lower(): value for name, _, value in (part.strip().partition("=") for part in header.split(";")[1:])}


# Reading one cookie


@pytest.mark.parametrize(
    "header",
    [
        "sid=good",
        "a=b; sid=good",
        "sid=good;a=b",
        "a=b;sid=good ; c=d",
        'f="; sid=good; x="',
        "=__Host-sid=bad; sid=good",
        "sid; sid=good",
        "sid=good; sid=good",
        "xsid=bad; sid2=bad; SID=bad; sid=good",
    ],
)
def test_our_cookie_is_found_among_others(header):
    assert read_cookie(header, "sid") == "good"


@pytest.mark.parametrize(
    "header", ["", "sid", "sid=", "sid=one; sid=two", 'sid="good"', "sid=go od", "sid=gö", "sid=a\x00", "sid=" + "a" * 3_801]
)
def test_a_cookie_that_is_not_ours_for_certain_counts_as_none(header):
    assert read_cookie(header, "sid") is None


@given(st.text(max_size=80) | st.text('sid=; "\\,ab\t', max_size=40))
def test_a_cookie_header_gives_a_plain_value_or_none(header):
    value = read_cookie(header, "sid")
    assert value is None or re.fullmatch("[A-Za-z0-9_.=-]+", value)


@given(st.lists(st.tuples(st.text("abcsid_", max_size=4), st.text("xyz=.", max_size=4)), max_size=5), st.text("xyz", min_size=1))
def test_foreign_cookies_never_hide_ours(others, value):
    foreign = [f"{name}={other}" for name, other in others if name != "sid"]
    for place in range(len(foreign) + 1):
        header = "; ".join([*foreign[:place], f"sid={value}", *foreign[place:]])
        assert read_cookie(header, "sid") == value


# Names and attributes


@pytest.mark.row("MT-D39", "XC-02")
def test_two_mounts_of_one_host_have_cookies_of_their_own():
    here, there = (Cookies(["a key"], mount=mount, secure=False) for mount in ("/one", "/two"))
    assert {here.session_name, here.state_name}.isdisjoint({there.session_name, there.state_name})
    assert (here.path, there.path) == ("/one/", "/two/")


def test_at_the_root_the_path_is_the_root():
    assert Cookies(["a key"], mount="", secure=True).path == "/"


@pytest.mark.row("MT-D39")
def test_our_cookies_stay_in_the_mount_and_away_from_scripts():
    visit = COOKIES.read("")
    visit.begin(remember=False)
    visit.flash("Hello")
    for header in COOKIES.write(visit):
        found = attributes(header)
        assert (found["path"], found["samesite"]) == ("/microblog/", "Lax")
        assert "httponly" in found
        assert not {"domain", "secure", "max-age", "expires"} & found.keys()


@pytest.mark.row("MT-D39")
def test_on_tls_they_are_secure_by_attribute_and_by_name():
    cookies = Cookies(["a key"], mount="/microblog", secure=True)
    visit = cookies.read("")
    visit.begin(remember=False)
    (header,) = cookies.write(visit)
    assert header.startswith("__Secure-mb_")
    assert "secure" in attributes(header)


def test_who_is_remembered_has_a_cookie_for_a_year():
    visit = COOKIES.read("")
    visit.begin(remember=True)
    (header,) = COOKIES.write(visit)
    assert attributes(header)["max-age"] == str(YEAR) == "31536000"


# A visit


def test_a_stranger_brings_nothing_and_is_given_nothing():
    visit = COOKIES.read("")
    assert (visit.secret, visit.state) == (None, {})
    assert COOKIES.write(visit) == []


def test_a_session_is_recognised_at_the_next_request_and_not_written_again():
    visit = COOKIES.read("")
    secret = visit.begin(remember=False)
    later = after(visit)
    assert later.secret == secret
    assert COOKIES.write(later) == []


def test_every_session_has_a_secret_of_its_own():
    visit = COOKIES.read("")
    secrets = {visit.begin(remember=False) for _ in range(20)}
    assert len(secrets) == 20
    assert min(map(len, secrets)) >= 43


def test_logging_out_takes_the_cookie_away():
    visit = COOKIES.read("")
    visit.begin(remember=True)
    later = after(visit)
    later.end()
    (header,) = COOKIES.write(later)
    assert header.startswith(COOKIES.session_name + "=;")
    assert attributes(header)["max-age"] == "0"


def test_a_forged_or_foreign_cookie_is_no_session():
    visit = Cookies(["another key"], mount="/microblog", secure=False).read("")
    visit.begin(remember=False)
    visit.flash("Hello")
    foreign = sent_back(Cookies(["another key"], mount="/microblog", secure=False).write(visit))
    found = COOKIES.read(foreign)
    assert (found.secret, found.state) == (None, {})


def test_the_state_cookie_is_no_session_cookie():
    visit = COOKIES.read("")
    visit.flash("Hello")
    value = sent_back(COOKIES.write(visit)).partition("=")[2]
    assert COOKIES.read(f"{COOKIES.session_name}={value}").secret is None


@pytest.mark.parametrize("content", ["", "not base64!", "e30", "W10=", "bm90IGpzb24=", "eyJhIjogTmFOfQ=="])
def test_a_signed_scrap_that_is_no_state_is_an_empty_state(content):
    assert COOKIES.read(f"{COOKIES.state_name}={COOKIES.state_seal.sign(content)}").state == {}


@given(st.text(max_size=100))
@example("sid=\x00")
def test_no_cookie_header_is_an_error(header):
    visit = COOKIES.read(f"{COOKIES.session_name}={header}; {COOKIES.state_name}={header}")
    assert (visit.secret, visit.state) == (None, {})


# Flashes and the state


@pytest.mark.row("XC-09")
def test_a_flash_is_shown_at_the_next_page_and_once():
    visit = COOKIES.read("")
    visit.flash("¡Hola, 한글😀!", "error")
    later = after(visit)
    assert later.take_flashes() == [("error", "¡Hola, 한글😀!")]
    assert later.take_flashes() == []
    (header,) = COOKIES.write(later)
    assert attributes(header)["max-age"] == "0"


def test_flashes_keep_their_order_and_the_last_five_are_kept():
    visit = COOKIES.read("")
    for number in range(7):
        visit.flash(str(number))
    assert [text for _, text in after(visit).take_flashes()] == ["2", "3", "4", "5", "6"]


def test_reading_flashes_does_not_change_what_the_browser_brought():
    visit = COOKIES.read("")
    visit.flash("Hello")
    later = after(visit)
    later.take_flashes()
    assert later.brought_state["flashes"] == [["info", "Hello"]]


@given(st.lists(st.text('aé한😀"\\ ', max_size=300), max_size=7))
@example(["한" * 300] * 5)
@example(["a" * 740] * 4)
def test_however_much_is_flashed_the_last_sentence_and_the_forms_survive(texts):
    visit = COOKIES.read("")
    binding = visit.binding
    for text in texts:
        visit.flash(text)
    later = after(visit)
    assert later.binding == binding
    assert [text for _, text in later.take_flashes()][-1:] == texts[-1:]


def test_a_long_way_back_in_a_long_script_does_not_cost_the_forms_their_token():
    visit = COOKIES.read("")
    binding = visit.binding
    visit.state["next"] = "/microblog/" + "한" * 1_900
    visit.flash("Please log in to access this page.")
    assert after(visit).binding == binding


def test_a_browser_takes_the_largest_cookies_we_set():
    visit = COOKIES.read("")
    visit.begin(remember=True)
    for _ in range(5):
        visit.flash("a" * 600)
    assert all(len(header.partition(";")[0]) <= 4_096 for header in COOKIES.write(visit))


# What forms are bound to


def test_a_strangers_forms_are_bound_to_a_seed_that_stays():
    visit = COOKIES.read("")
    assert visit.binding == visit.binding == after(visit).binding
    assert visit.binding != COOKIES.read("").binding


def test_after_the_login_forms_are_bound_to_the_session_alone():
    visit = COOKIES.read("")
    before = visit.binding
    secret = visit.begin(remember=False)
    assert visit.binding == secret != before
    assert "seed" not in visit.state


def test_the_headers_are_cookies_as_python_understands_them():
    visit = COOKIES.read("")
    visit.begin(remember=False)
    visit.flash("Hello")
    for header in COOKIES.write(visit):
        assert len(SimpleCookie(header)) == 1
