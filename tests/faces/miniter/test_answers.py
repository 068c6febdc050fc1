"""What is sent back."""

import pytest

from microblog.faces.miniter.answers import as_json


@pytest.mark.row("MN-16")
def test_json_is_utf8_and_what_is_a_set_goes_out_as_an_array():
    answer = as_json({"name": "은우", "follow": {7}}, 409, {"Link": "<x>"})
    assert (answer.status_code, answer.mimetype, answer.headers["Link"]) == (409, "application/json", "<x>")
    assert answer.data == '{"name":"은우","follow":[7]}'.encode()
