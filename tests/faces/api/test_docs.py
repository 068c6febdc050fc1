"""The page that describes the API is made of the same document, needs no script and nobody's token."""


def test_the_page_names_every_operation_and_shape_and_loads_nothing_from_elsewhere(stranger):
    page = stranger.get("/api/docs")
    assert (page.status_code, page.mimetype) == (200, "text/html")
    described = stranger.get("/api/openapi.json").json
    for path, operations in described["paths"].items():
        assert f"<code>{path}</code>" in page.text
        for operation in operations.values():
            assert f'id="{operation["operationId"]}"' in page.text
    for name in described["components"]["schemas"]:
        assert f'id="{name}"' in page.text
    assert "<script" not in page.text
    assert 'href="http' not in page.text.replace('href="http://localhost/', "")


def test_an_operation_says_who_may(stranger):
    text = stranger.get("/api/docs").text
    assert "With a token" in text
    assert "With username and password" in text
    assert "For everybody" in text
