"""Clients of translation services: what they send is what the services ask for, and every failure is one error."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from microblog.gateways.http import Client
from microblog.gateways.translator import MICROSOFT_URL, LibreTranslate, Microsoft, TranslationFailed

QUICK = Client(patience=0.3, total=0.6)


@pytest.fixture(params=["libretranslate", "microsoft"])
def translator(request, service):
    if request.param == "microsoft":
        return Microsoft("the key", service.url, client=QUICK)
    return LibreTranslate(service.url, "the key", client=QUICK)


def test_a_text_comes_back_in_another_language(translator, service):
    service.translates()
    assert translator.translate("¿Qué tal?\n한글😀 & <b>", "es", "en") == ">b< & 😀글한\n?lat éuQ¿"


@pytest.mark.row("MT-14.6", "MT-D05")
def test_microsoft_is_asked_with_the_key_in_a_header_and_the_text_in_the_body(service):
    service.says([{"translations": [{"text": "Hello", "to": "en"}]}])
    translator = Microsoft("the key", service.url, "westeurope", QUICK)
    assert translator.translate("Hola & ¿qué?", "es", "en") == "Hello"
    (asked,) = service.asked
    assert urlsplit(asked.path).path == "/translate"
    assert parse_qs(urlsplit(asked.path).query) == {"api-version": ["3.0"], "from": ["es"], "to": ["en"]}
    assert asked.headers["ocp-apim-subscription-key"] == "the key"
    assert asked.headers["ocp-apim-subscription-region"] == "westeurope"
    assert asked.headers["content-type"].startswith("application/json")
    assert asked.json == [{"Text": "Hola & ¿qué?"}]


@pytest.mark.row("MT-14.6")
def test_an_answer_may_begin_with_a_byte_order_mark(service):
    service.says(b"\xef\xbb\xbf" + json.dumps([{"translations": [{"text": "안녕"}]}]).encode())
    assert Microsoft("k", service.url, client=QUICK).translate("Hola", "es", "ko") == "안녕"


def test_a_key_without_a_region_names_none(service):
    service.translates()
    Microsoft("k", service.url, client=QUICK).translate("你好", "zh", "en")
    assert "ocp-apim-subscription-region" not in service.asked[0].headers
    assert "from=zh-Hans" in service.asked[0].path
    assert Microsoft("k").url == MICROSOFT_URL


def test_libretranslate_is_asked_as_its_manual_says(service):
    service.says({"translatedText": "Hello"})
    assert LibreTranslate(service.url, "the key", QUICK).translate("Hola", "es", "en") == "Hello"
    (asked,) = service.asked
    assert asked.path == "/translate"
    assert asked.json == {"q": "Hola", "source": "es", "target": "en", "format": "text", "api_key": "the key"}
    LibreTranslate(service.url, client=QUICK).translate("Hola", "es", "en")
    assert "api_key" not in service.asked[1].json


@pytest.mark.row("MT-14.5")
@pytest.mark.parametrize("status", [201, 301, 400, 401, 403, 429, 500, 503])
def test_an_answer_that_is_not_a_yes_is_a_failure(translator, service, status):
    service.says({"translatedText": "x", "error": "the key"}, status=status)
    with pytest.raises(TranslationFailed, match=f"It answered {status}."):
        translator.translate("text", "es", "en")


@pytest.mark.row("MT-14.5")
@pytest.mark.parametrize(
    "rubbish",
    [
        b"",
        b"<html>Welcome to the hotel network</html>",
        b"\xff\xfe{",
        b"[" * 100_000,
        b"null",
        b"[]",
        b"{}",
        b'"text"',
        b"[[]]",
        b'[{"translations": []}]',
        b'[{"translations": [{"text": null}]}]',
        b'[{"translations": [{"text": " "}]}]',
        b'{"translatedText": 7}',
        b'{"translatedText": ["x"]}',
    ],
)
def test_rubbish_is_a_failure(translator, service, rubbish):
    service.says(rubbish)
    with pytest.raises(TranslationFailed):
        translator.translate("text", "es", "en")


@pytest.mark.row("MT-14.5", "MT-D05")
def test_a_service_that_hangs_is_a_failure(translator, service):
    service.hangs()
    with pytest.raises(TranslationFailed):
        translator.translate("text", "es", "en")


def test_a_key_is_not_shown():
    assert "the key" not in repr(Microsoft("the key")) + repr(LibreTranslate("http://localhost", "the key"))
