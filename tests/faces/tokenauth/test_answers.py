"""What is sent back is JSON, whatever its status."""

import pytest

from microblog.faces.tokenauth.answers import as_json


@pytest.mark.row("TK-D10")
def test_an_answer_is_json_with_the_status_and_the_reason_it_is_given():
    answer = as_json({"error": "유효"}, "498 Invalid Token", **{"WWW-Authenticate": "Bearer"})
    assert (answer.status, answer.status_code, answer.get_data(as_text=True)) == ("498 Invalid Token", 498, '{"error":"유효"}')
    assert (answer.headers["Content-Type"], answer.headers["WWW-Authenticate"]) == ("application/json", "Bearer")
    assert as_json({}).status_code == 200
