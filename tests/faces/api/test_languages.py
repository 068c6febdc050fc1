"""The languages of the site."""


def test_all_languages_are_named_by_those_who_speak_them_the_default_first(stranger):
    answer = stranger.get("/api/languages").json
    assert answer["items"] == [
        {"code": "en", "name": "English", "is_default": True},
        {"code": "es", "name": "Español", "is_default": False},
        {"code": "ko", "name": "한국어", "is_default": False},
    ]
    assert answer["_links"] == {"self": "/microblog/api/languages", "next": None, "prev": None}
    assert answer["_meta"]["total_items"] == 3
