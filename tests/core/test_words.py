"""Texts are folded, cut into words and pairs, and found again by what a person would type."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from microblog.core import words


@pytest.fixture
def finds(db):
    """Asks Postgres whether a text is found by what is looked for."""

    def ask(sought: str, body: str, **how) -> bool:
        query = words.query(sought, **how)
        question = text("SELECT CAST(:document AS tsvector) @@ CAST(:query AS tsquery)")
        return bool(query) and db.scalar(question, {"document": words.document(body), "query": query})

    return ask


def marks(body: str, sought: str, **how) -> list:
    """The places that are marked in a text."""
    return words.places(body, words.needles(sought, **how))


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Canción", "cancion"),
        ("AÑO", "ano"),
        ("Straße", "strasse"),
        ("İstanbul ISPARTA ısı", "istanbul isparta isi"),
        ("Ångström Øre Łódź", "angstrom ore lodz"),
        ("ＦＵＬＬ ﾃｽﾄ ①", "full テスト 1"),
        ("한글 ㅋㅋㅋ が", "한글 ㅋㅋㅋ が"),
        ("Ελληνικά Όχι", "ελληνικα οχι"),
        ("cafe\N{COMBINING ACUTE ACCENT}", "cafe"),
    ],
)
def test_case_accents_and_widths_make_no_difference(typed, folded):
    assert words.fold(typed) == folded


@pytest.mark.row("MT-16.2")
@pytest.mark.parametrize(
    ("sought", "body"),
    [
        ("año", "Feliz ANO nuevo"),
        ("ano", "Feliz año nuevo"),
        ("STRASSE", "an der Straße"),
        ("서울", "오늘 서울에서 만나요"),
        ("울에", "오늘 서울에서 만나요"),
        ("서울에서", "오늘 서울에서 만나요"),
        ("울", "서울"),
        ("서", "서울"),
        ("글", "한글!"),
        ("iPhone", "새 iPhone을 샀다"),
        ("iPhone을", "새 iPhone을 샀다"),
        ("京都", "東京都は広い"),
        ("カメラ", "新しいカメラを買った"),
        ("天气", "今天天气很好"),
        ("한국어 공부", "나는 한국어 공부를 한다"),
        ("ㅋㅋ", "이게 뭐야 ㅋㅋㅋㅋ"),
        ("กิน", "ฉันกินข้าว"),
        ("हिन्दी", "मैं हिन्दी बोलता हूँ"),
        ("don't", "please don't go"),
        ("min-seo_bread", "ask @min.seo_bread"),
        ("👍", "fine 👍🏽 then"),
        ("مرحبا", "مَرْحَبًا بك"),
    ],
)
def test_a_text_is_found_by_what_a_person_would_type(finds, sought, body):
    assert finds(sought, body)
    assert marks(body, sought)


@pytest.mark.parametrize(
    ("sought", "body"),
    [
        ("울서", "서울에서"),
        ("서울시", "서울 시장"),  # 서울 and 울시 do not both stand there
        ("가나다", "가나 그리고 나다"),  # both pairs are there, but not together
        ("서울 날씨", "서울에 날씨"),
        ("last ferry", "the ferry was the last"),
        ("cat", "category"),
        ("phone", "iPhone"),
        ("天気予報", "天気は予報どおり"),
    ],
)
def test_nothing_is_found_that_is_not_there(finds, sought, body):
    assert not finds(sought, body)
    assert not marks(body, sought)


PLURALS = {"post": "posts", "box": "boxes", "story": "stories", "house": "houses", "casa": "casas", "ciudad": "ciudades"}
PLURALS |= {"canción": "canciones", "vez": "veces", "noche": "noches", "café": "cafés"}


@pytest.mark.parametrize(("one", "several"), PLURALS.items())
def test_a_single_word_is_found_in_singular_and_plural(finds, one, several):
    for sought, body in ((one, several), (several, one)):
        assert finds(sought, body, exact=False), sought
        assert marks(body, sought, exact=False)
        assert not finds(sought, body)


def test_the_end_of_a_name_may_be_missing(finds):
    assert finds("mar", "marta", prefix=True)
    assert not finds("mar", "marta")
    assert not finds("art", "marta", prefix=True)


def test_one_text_does_not_go_on_in_the_next(db):
    document, query = words.document("min", "seo"), words.query("min seo")
    question = text("SELECT CAST(:document AS tsvector) @@ CAST(:query AS tsquery)")
    assert not db.scalar(question, {"document": document, "query": query})


@pytest.mark.parametrize(
    ("sought", "body", "found"),
    [
        ("울에", "오늘 서울에서", ["울에"]),
        ("creme", "Cre\N{COMBINING GRAVE ACCENT}me, CRÈME", ["Cre\N{COMBINING GRAVE ACCENT}me", "CRÈME"]),
        ("strasse", "ß Straße ß", ["Straße"]),
        ("ss", "ß", ["ß"]),
        ("last ferry", "The last, ferry", ["last, ferry"]),
        ("the", "other", []),
        ("ㅋㅋ", "ㅋㅋㅋㅋㅋ", ["ㅋㅋ", "ㅋㅋ"]),
        ("서울 날씨", "동서울... 날씨는, 서울에 날씨", ["서울... 날씨"]),
        ("ferry 🌊", "a ferry, 🌊 and a ferry", ["ferry, 🌊"]),
        ("last ferry", "last 🌊 ferry", []),  # a picture counts as a word
    ],
)
def test_hits_are_marked_in_the_text_as_it_was_written(sought, body, found):
    assert [body[start:end] for start, end in marks(body, sought)] == found


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=80), st.text(max_size=30))
def test_whatever_is_typed_has_places_in_order_and_words_without_quotes(body, sought):
    needles = words.needles(sought, exact=False)
    end = 0
    for place in words.places(body, needles):
        assert end <= place[0] < place[1] <= len(body)
        end = place[1]
    assert bool(needles) == bool(words.query(sought, exact=False))
    assert "\\" not in words.document(body)


def test_a_text_with_the_mark_of_an_edge_in_it_is_like_one_with_a_blank():
    assert marks("a\x02last \x02ferry\x02", "last ferry") == [(2, 13)]


def test_a_plain_text_is_folded_as_each_of_its_characters():
    every = "".join(map(chr, range(128)))
    for plain in (every, every + "가힣"):
        assert words.PLAIN.fullmatch(plain)
        assert words.fold(plain) == words.fold(plain + "ñ")[:-1] == plain.translate(words.FOLDED)


@given(st.text(max_size=60) | st.text("aZ0_é한글ㅋかー漢ไทยက၊ 😀.,—\u0301", max_size=60))
def test_the_short_ways_to_find_edges_find_the_same_ones(text):
    folded = words.fold(text)
    if not words.SIGN.search(folded):
        assert words.SIGNLESS_SCRAPS.split(folded) == words.SCRAPS.split(folded)
    if folded.isascii():
        assert words.ASCII_SCRAPS.split(folded) == words.SCRAPS.split(folded)
    if words.PLAIN.fullmatch(text):
        assert words.FOLDED.uneven.isdisjoint(text)
