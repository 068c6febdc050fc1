"""Static files where no web server serves them."""

import re


def test_the_pages_own_files_are_there_and_may_be_kept_for_good(browser):
    found = re.findall(r'(?:href|src)="(/microblog/static/[^"#]+)', browser.get("/auth/login").text)
    assert found
    for path in found:
        answer = browser.get(path)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert int(answer.headers["Content-Length"]) == len(answer.data)
        assert "Set-Cookie" not in answer.headers


def test_nothing_else_of_the_machine_is_there(browser):
    for name in ("../wsgi.py", "..%2fwsgi.py", "css", "css/", "nope.css", "css/../../wsgi.py", "%00", ".hidden"):
        assert browser.get(f"/static/0123456789/{name}").status_code in (400, 404)
