"""Saying something."""

import unicodedata

import pytest


@pytest.mark.row("MN-08", "MN-D1", "XC-09")
def test_a_tweet_is_stored_as_it_was_said_and_nothing_is_said_back(as_alice, alice, said, browser):
    answer = as_alice.send("/tweet", tweet="한글😀 <b>& so on</b>")
    assert (answer.status_code, answer.data, answer.headers["Content-Length"]) == (200, b"", "0")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert said() == [(alice.id, "한글😀 <b>& so on</b>")]
    assert as_alice.tweets() == ["한글😀 <b>& so on</b>"]
    browser.log_in(alice)
    assert "한글😀 &lt;b&gt;" in browser.get("/").text


@pytest.mark.row("MN-08")
def test_300_characters_fit_and_301_do_not(as_alice, alice, said):
    assert as_alice.send("/tweet", tweet="가" * 300).status_code == 200
    assert as_alice.send("/tweet", tweet="😀" * 300).status_code == 200
    answer = as_alice.send("/tweet", tweet="가" * 301)
    assert (answer.status_code, answer.text) == (400, "300자 초과했어요")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert said() == [(alice.id, "가" * 300), (alice.id, "😀" * 300)]


@pytest.mark.row("MN-08")
def test_characters_are_counted_as_they_are_stored(as_alice, said):
    decomposed = unicodedata.normalize("NFD", "각") * 300
    assert as_alice.send("/tweet", tweet=decomposed).status_code == 200
    assert [len(body) for _, body in said()] == [300]


@pytest.mark.row("MN-08")
def test_the_number_in_the_refusal_is_the_one_that_holds(as_alice, having, said):
    having(post_length=10)
    assert as_alice.send("/tweet", tweet="1234567890").status_code == 200
    assert as_alice.send("/tweet", tweet="12345678901").text == "10자 초과했어요"
    assert len(said()) == 1


@pytest.mark.row("MN-09", "MN-D11")
@pytest.mark.parametrize("claimed", ["id", "user_id"])
def test_the_author_is_whoever_the_token_says(as_alice, alice, bob, said, claimed):
    assert as_alice.send("/tweet", tweet="I am bob", **{claimed: bob.id}).status_code == 200
    assert said() == [(alice.id, "I am bob")]
    (item,) = as_alice.get(f"/timeline/{alice.id}").json["timeline"]
    assert item["user_id"] == alice.id


@pytest.mark.row("MN-D8")
@pytest.mark.parametrize(
    "members", [{}, {"tweet": None}, {"tweet": 5}, {"tweet": ["x"]}, {"tweet": {"x": 1}}, {"tweet": ""}, {"tweet": " \n　"}]
)
def test_a_tweet_that_says_nothing_is_a_400_in_json(as_alice, said, members):
    answer = as_alice.send("/tweet", **members)
    assert (answer.status_code, answer.mimetype) == (400, "application/json")
    assert answer.json["error"].startswith("tweet: This ")
    assert said() == []


def test_saying_it_twice_is_saying_it_twice(as_alice, said):
    for _ in range(2):
        as_alice.send("/tweet", tweet="again")
    assert len(said()) == 2
