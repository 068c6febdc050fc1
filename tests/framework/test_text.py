"""The edge: what is let in is safe to store and to follow, what is not is refused in one way only."""

import json
import re
import unicodedata
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from microblog.framework import text
from microblog.framework.text import BadInput

ANYTHING = st.text(st.characters(), max_size=60)  # hypothesis leaves surrogates out unless asked
HOSTILE = st.text(st.characters(categories=("Cc", "Cs", "Cn", "Lo", "Mn", "Zs", "Ll")), max_size=20)
MOUNTS = ("", "/microblog", "/60162176", "/a/b")
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5)
DOCUMENTS = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)


def cleaned(value: str) -> str | None:
    try:
        return text.clean(value)
    except BadInput:
        return None


# Text


@pytest.mark.row("XC-09")
@pytest.mark.parametrize(
    "value", ["", "hello", "한글😀", "Ånström\tand\nmore", "\u200f\u2066rtl\u2069", "family: 👩‍👩‍👧", "\ufeffmark"]
)
def test_what_people_write_is_taken_as_it_is(value):
    assert text.clean(value) == value


@pytest.mark.parametrize(
    "point", [0x00, 0x08, 0x0B, 0x1B, 0x1F, 0x7F, 0x85, 0x9F, 0xD800, 0xDFFF, 0xFDD0, 0xFDEF, 0xFFFE, 0x10FFFF]
)
def test_a_character_that_cannot_be_stored_is_refused_by_its_number(point):
    with pytest.raises(BadInput, match=f"U\\+{point:04X}"):
        text.clean(f"a{chr(point)}b")


@given(HOSTILE | ANYTHING)
@example("\x00")
@example("\ud83d\ude00")
@example("\r\r\n\x0b")
def test_nothing_unwelcome_ever_comes_through(value):
    came_through = cleaned(value) or ""
    for character in came_through:
        point = ord(character)
        assert point >= 0x20 or character in "\t\n"
        assert not 0x7F <= point <= 0x9F
        assert unicodedata.category(character) != "Cs"
        assert not 0xFDD0 <= point <= 0xFDEF
        assert point & 0xFFFF not in (0xFFFE, 0xFFFF)
    came_through.encode("utf-8")


@given(HOSTILE | ANYTHING)
@example("e\u0301\r\n")
def test_cleaning_twice_is_cleaning_once(value):
    once = cleaned(value)
    if once is not None:
        assert text.clean(once) == once
        assert unicodedata.is_normalized("NFC", once)


@given(ANYTHING)
def test_only_form_and_newlines_of_a_welcome_text_change(value):
    once = cleaned(value)
    if once is not None:
        assert once == unicodedata.normalize("NFC", re.sub("\r\n?", "\n", value))


@pytest.mark.parametrize("value", ["a\r\nb", "a\rb", "a\nb"])
def test_every_kind_of_newline_becomes_the_plain_one(value):
    assert text.clean(value) == "a\nb"


def test_accents_written_apart_are_joined():
    assert text.clean("한국 é".encode().decode()) == text.clean(unicodedata.normalize("NFD", "한국 é")) == "한국 é"


def test_a_mountain_of_accents_is_refused_before_it_costs_its_square():
    with pytest.raises(BadInput):
        text.clean("a" + "\u0301" * 15_000 + "\u0316" * 15_000)


def test_a_few_accents_on_one_letter_are_no_mountain():
    assert text.clean("z" + "\u0316" * 12 + "algo") == "z" + "\u0316" * 12 + "algo"


# Bytes


@pytest.mark.row("XC-09")
@given(ANYTHING)
def test_bytes_are_read_as_utf_8(value):
    if cleaned(value) is not None:
        assert text.decode(value.encode()) == text.clean(value)


@pytest.mark.parametrize("raw", [b"\xff", b"caf\xe9", b"\xed\xa0\x80", b"\xc0\xaf", b"\xf4\x90\x80\x80", b"\xe2\x82", b"a\0b"])
def test_bytes_that_are_no_text_are_refused(raw):
    with pytest.raises(BadInput):
        text.decode(raw)


@given(st.binary(max_size=40))
def test_no_bytes_do_anything_but_pass_or_be_refused(raw):
    try:
        came_through = text.decode(raw)
    except BadInput:
        return
    assert text.clean(came_through) == came_through


# Integers


@pytest.mark.parametrize(
    ("value", "number"),
    [("0", 0), ("7", 7), ("007", 7), ("-0", 0), ("9223372036854775807", 2**63 - 1)],
)
def test_ascii_digits_are_a_number(value, number):
    assert text.integer(value) == number


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        " 1",
        "1 ",
        "+1",
        "1_0",
        "٣",
        "１",
        "1\n",
        "0x1",
        "1e3",
        "1.0",
        "--1",
        "-",
        "-1",
        "9223372036854775808",
        "1" * 5_000,
    ],
)
def test_all_else_counts_as_absent(value):
    assert text.integer(value) is None


def test_a_number_out_of_its_range_counts_as_absent():
    assert [text.integer(value, least=-1, most=2) for value in ("-2", "-1", "2", "3")] == [None, -1, 2, None]


@given(st.integers(), st.integers(-(10**6), 10**6), st.integers(-(10**6), 10**6))
def test_a_number_is_given_back_exactly_when_it_is_in_range(number, least, most):
    expected = number if least <= number <= most else None
    assert text.integer(str(number), least=least, most=most) == expected


def test_a_decimal_number_has_ascii_digits_and_at_most_one_point():
    assert [text.decimal(value) for value in ("0", "-7.5", "1785000000.123456")] == [0.0, -7.5, 1785000000.123456]
    assert not any(text.decimal(value) for value in (None, "", "1.", ".5", "1e3", "nan", "inf", "1_0", "٣", "1\n"))


@given(ANYTHING | st.from_regex(r"[-+]?[\d_ ]{1,22}"))
def test_whatever_comes_is_a_storable_number_or_nothing(value):
    number = text.integer(value)
    assert number is None or 0 <= number < 2**63


# JSON


@given(DOCUMENTS)
def test_a_good_document_is_read_as_python_reads_it(value):
    written = json.dumps(value, ensure_ascii=False)
    try:
        came_through = text.load_json(written.encode("utf-8"))
    except BadInput:
        assert any(cleaned(part) is None for part in texts(value)) or names_collide(value)
        return
    assert came_through == cleaned_document(value)


def texts(value):
    """Every text of a document, the names of members as well."""
    if isinstance(value, str):
        yield value
    for inner in value if isinstance(value, list) else value.items() if isinstance(value, dict) else ():
        yield from texts(list(inner) if isinstance(inner, tuple) else inner)


def names_collide(value) -> bool:
    if isinstance(value, dict):
        return len({cleaned(name) for name in value}) < len(value) or any(map(names_collide, value.values()))
    return isinstance(value, list) and any(map(names_collide, value))


def cleaned_document(value):
    if isinstance(value, str):
        return text.clean(value)
    if isinstance(value, list):
        return [cleaned_document(item) for item in value]
    if isinstance(value, dict):
        return {text.clean(name): cleaned_document(item) for name, item in value.items()}
    return value


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"nothing",
        b"{'a': 1}",
        b'{"a": 1',
        b"[1,]",
        b"NaN",
        b"[Infinity]",
        b'{"a": -Infinity}',
        b"1e999",
        b"-1e999",
        b'{"a": 1, "a": 2}',
        b'[{"b": {"a": 1, "a": 1}}]',
        b'"\\u0000"',
        b'"\\ud800"',
        b'{"\\u0007": 1}',
        b'"\xff"',
        b"\xef\xbb\xbf{}",
        b"1" * 5_000,
        b"[" * 60_000,
        b"[" * 34 + b"]" * 34,
        b'{"a":' * 34 + b"1" + b"}" * 34,
    ],
)
def test_a_document_that_could_mean_two_things_is_refused(raw):
    with pytest.raises(BadInput):
        text.load_json(raw)


def test_two_spellings_of_one_member_are_the_same_member_twice():
    with pytest.raises(BadInput):
        text.load_json(b'{"e\\u0301": 1, "\\u00e9": 2}')


def test_thirty_two_levels_are_deep_enough():
    assert text.load_json(b"[" * 33 + b"]" * 33) is not None


def test_a_document_may_be_as_large_as_said_and_no_larger():
    assert text.load_json(b'"aaaa"', most=6) == "aaaa"
    with pytest.raises(BadInput, match="too large"):
        text.load_json(b'"aaaaa"', most=6)


def test_a_pair_of_surrogates_in_json_is_one_character():
    assert text.load_json(b'"\\ud83d\\ude00"') == "😀"


@given(st.binary(max_size=60) | st.text('[]{}":,0123456789.eE+-\\u truefalsnNaI', max_size=60).map(str.encode))
def test_no_document_does_anything_but_pass_or_be_refused(raw):
    try:
        value = text.load_json(raw)
    except BadInput:
        return
    json.dumps(value, allow_nan=False).encode()


# Return paths


@pytest.mark.parametrize(
    "value", ["/microblog/", "/microblog/user/susan?page=2", "/microblog/search?q=한글", "/microblog/a%20b#c"]
)
def test_a_path_inside_the_mount_is_given_back(value):
    assert text.return_path(value, "/microblog") == value


@pytest.mark.row("MT-D03")
@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "index",
        "/",
        "/microblog",
        "/microblogevil/",
        "/other/",
        "https://evil.test/microblog/",
        "https:/microblog/",
        "//evil.test/microblog/",
        "///evil.test/",
        "/\\evil.test/",
        "\\\\evil.test",
        "\t//evil.test",
        "/\t/evil.test",
        " /microblog/",
        "/microblog/\\evil.test",
        "/microblog/%5cevil.test",
        "/microblog/../evil",
        "/microblog/a/../../evil",
        "/microblog/%2e%2e/evil",
        "/microblog/.%2E/evil",
        "/microblog/.\t./evil",
        "/microblog/..",
        "/microblog/.. ",
        "/microblog/a\r\nSet-Cookie: a=b",
        "/microblog/%0d%0aSet-Cookie:%20a=b",
        "/microblog/%00",
        "javascript:alert(1)",
        "/microblog/" + "a" * 2_000,
    ],
)
def test_a_path_that_could_lead_elsewhere_is_refused(value):
    assert text.return_path(value, "/microblog") is None


@pytest.mark.row("MT-D03")
@pytest.mark.parametrize(
    "value", ["//evil.test", "///evil.test", "/\\evil.test", "/%5cevil.test", "/%2fevil.test", "/%09/evil.test"]
)
def test_at_the_root_of_a_host_another_host_is_still_elsewhere(value):
    assert text.return_path(value, "") is None


PIECES = (
    "/",
    "\\",
    "\t",
    "\n",
    " ",
    "..",
    ".",
    "%2e",
    "%2E",
    "%2f",
    "%5c",
    "%09",
    "%00",
    "%252e",
    ":",
    "@",
    "?",
    "#",
    "evil.test",
    "é",
    "x",
)
PATHS = st.lists(st.sampled_from(PIECES), max_size=8).map("".join)


def where_a_browser_goes(value: str, base: str) -> tuple[str, str]:
    """Host and path a browser arrives at: the URL standard's reading, which is looser than RFC 3986's."""
    value = re.sub("[\t\n\r]", "", value.strip("".join(map(chr, range(0x21)))))
    before, separator, after = re.match("([^?#]*)([?#]?)(.*)", value, re.DOTALL).groups()
    before = re.sub("%2e", ".", before.replace("\\", "/"), flags=re.IGNORECASE)
    if before.startswith("//"):
        return before.lstrip("/").partition("/")[0], "/"
    found = urlsplit(urljoin(base, before + separator + after))
    return found.netloc, found.path


@pytest.mark.row("MT-D03", "XC-02")
@given(st.sampled_from(MOUNTS), st.booleans(), PATHS)
@example("/microblog", True, ".. ")
def test_no_browser_leaves_the_mount_by_a_return_path(mount, inside, pieces):
    value = text.return_path((mount + "/" if inside else "") + pieces, mount)
    if value is None:
        return
    base = f"https://good.test{mount}/auth/login?next=x"
    assert urlsplit(urljoin(base, value)).netloc == "good.test"
    host, path = where_a_browser_goes(value, base)
    assert host == "good.test"
    assert path.startswith(mount + "/")


def test_the_browser_of_these_tests_can_be_led_astray():
    base = "https://good.test/microblog/"
    for value in ("//evil.test", "/\\evil.test", "/\t/evil.test", "\\\\evil.test/x"):
        assert where_a_browser_goes(value, base)[0] == "evil.test"
    assert where_a_browser_goes("/microblog/%2e%2E/other", base)[1] == "/other"
