"""The laboratory's own page leads to every exercise; LAB=off takes all of it away."""

import re
from dataclasses import replace

import pytest
from werkzeug.test import Client

from microblog import urls
from microblog.app import Application


@pytest.mark.row("XC-02")
def test_every_exercise_can_be_reached_from_the_page_below_the_mount(curl):
    page = curl.get("/").text
    links = set(re.findall(r'(?:href|action)="(/microblog/lab/[^"]*)"', page))
    assert {link.split("/")[3] for link in links} == {str(number) for number in range(1, 14)}
    for link in links:
        answer = curl.get(link.removeprefix("/microblog/lab").replace("&amp;", "&"))
        assert answer.status_code < 500, link
    assert curl.get("").headers["Location"] == "/microblog/lab/"


def test_a_closed_laboratory_is_not_there(settings):
    closed = replace(settings, lab=False)
    assert "lab" not in {face.name for face in urls.faces(closed)}
    app = Application(closed)
    client = Client(app)
    assert client.get("/lab/1/", base_url="http://localhost/microblog").status_code == 404
    app.database.close()
