"""The web says no as a page, or as JSON to a program that wants nothing else."""

import pytest


@pytest.mark.row("MT-23.14")
@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (None, "text/html"),
        ("*/*", "text/html"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"),
        ("application/json", "application/json"),
        ("application/json;q=0.9,text/html;q=0.8", "application/json"),
        ("application/json,text/html", "text/html"),
        ("garbage;;;q=x", "text/html"),
    ],
)
def test_a_refusal_is_json_only_where_json_is_wanted_more(as_alice, accept, kind):
    answer = as_alice.get("/nope", headers={"Accept": accept} if accept else {})
    assert (answer.status_code, answer.mimetype) == (404, kind)
    if kind == "application/json":
        assert answer.json == {"error": "NOT FOUND"}
