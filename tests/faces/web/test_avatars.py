"""People's pictures: drawn, put up, taken down, and kept by browsers for good."""

import io
import re
import xml.etree.ElementTree as xml

import pytest
from PIL import Image
from sqlalchemy import select

from microblog.core import avatars, posts
from microblog.faces.web.avatars import LARGEST_BODY
from microblog.gateways import pictures
from microblog.models import User


def picture(colour="red", kind="PNG"):
    target = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(target, kind)
    return target.getvalue()


def upload(browser, content=None, **fields):
    data = {"csrf_token": browser.token("/edit_profile"), "picture": (io.BytesIO(content or picture()), "../../a\0b.png")}
    return browser.post("/edit_profile/picture", data=data | fields, content_type="multipart/form-data")


def shown(browser, page="/edit_profile"):
    return re.search(r'<img class="avatar" src="([^"]+)"', browser.get(page).text)[1]


@pytest.mark.row("MT-06.3")
def test_everybody_has_a_picture_that_stays_the_same(browser, counted):
    with counted() as statements:
        first, again, other = (browser.get(f"/avatar/{number}.svg") for number in (1, 1, 2))
    assert first.mimetype == "image/svg+xml"
    assert first.data == again.data != other.data
    assert "immutable" in first.headers["Cache-Control"]
    assert statements == []
    assert xml.fromstring(first.text).tag == "{http://www.w3.org/2000/svg}svg"


def test_an_uploaded_picture_is_shown_wherever_the_person_is(as_alice, alice, db):
    posts.publish(db, alice.id, "hello", longest=300)
    db.commit()
    assert shown(as_alice) == f"/microblog/avatar/{alice.id}.svg"
    answer = upload(as_alice)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/microblog/edit_profile")
    assert as_alice.flashes() == ["Your picture has been changed."]
    address = shown(as_alice)
    assert re.fullmatch(rf"/microblog/avatar/{alice.id}/[1-9]\d*\.webp", address)
    for page in ("/", "/explore", "/user/alice", "/user/alice/popup"):
        assert address in as_alice.get(page).text, page


def test_strangers_and_caches_may_have_it_and_it_costs_one_query(as_alice, new_browser, counted):
    upload(as_alice)
    address, stranger = shown(as_alice), new_browser()
    with counted() as statements:
        answer = stranger.get(address)
    assert (answer.status_code, answer.mimetype, len(statements)) == (200, "image/webp", 1)
    assert "immutable" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers
    assert Image.open(io.BytesIO(answer.data)).size == (400, 400)


def test_an_old_address_leads_to_the_picture_there_is_now(as_alice, alice):
    upload(as_alice)
    first = shown(as_alice)
    upload(as_alice, picture("blue"))
    second = shown(as_alice)
    assert first != second
    answer = as_alice.get(first)
    assert (answer.status_code, answer.headers["Location"], answer.headers["Cache-Control"]) == (302, second, "no-store")
    assert as_alice.press("/edit_profile/picture/delete").status_code == 303
    assert shown(as_alice) == as_alice.get(second).headers["Location"] == f"/microblog/avatar/{alice.id}.svg"
    assert as_alice.get("/avatar/999999999999/1.webp").headers["Location"] == "/microblog/avatar/999999999999.svg"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<svg onload='alert(1)'/>", "A picture must be a PNG, JPEG, WebP or GIF."),
        (picture() + b"x" * pictures.LARGEST_FILE, "A picture may have 2 MB at most."),
        (picture()[:60], "This picture cannot be read. Please try another one."),
    ],
)
def test_what_is_no_picture_is_refused_at_its_field(as_alice, db, content, message):
    answer = upload(as_alice, content)
    assert answer.status_code == 422
    assert message in answer.text
    assert 'value="alice"' in answer.text
    assert db.scalar(select(User.avatar_version)) == 0


def test_a_form_without_a_file_says_so(as_alice):
    token = as_alice.token("/edit_profile")
    for data in ({"csrf_token": token}, {"csrf_token": token, "picture": (io.BytesIO(b""), "")}):
        answer = as_alice.post("/edit_profile/picture", data=data, content_type="multipart/form-data")
        assert answer.status_code == 422
        assert "Please choose a picture first." in answer.text


def test_a_body_beyond_all_measure_is_not_read(as_alice):
    answer = upload(as_alice, b"x" * LARGEST_BODY)
    assert answer.status_code == 413
    assert as_alice.post("/edit_profile", data={"about_me": "x" * 70_000}).status_code == 413


def test_a_picture_from_a_page_that_is_not_ours_is_refused(as_alice, alice, db):
    assert upload(as_alice, csrf_token="wrong").status_code == 400
    assert avatars.of(db, alice.id) is None
