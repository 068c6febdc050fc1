"""The one edge where text, integers, JSON and return paths from outside become safe values."""

import json
import re
import unicodedata
from typing import Any
from urllib.parse import unquote

INTEGER = re.compile(r"-?[0-9]{1,19}", re.ASCII)
DECIMAL = re.compile(r"-?[0-9]{1,19}(?:\.[0-9]{1,19})?", re.ASCII)
# A username, and one with an @ before it that does not stand in the middle of a word, an address or a path.
HANDLE = "[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,62}[A-Za-z0-9_])?"
MENTION = re.compile(rf"(?<![A-Za-z0-9_@./])@({HANDLE})", re.ASCII)
LARGEST_INTEGER = 2**63 - 1  # what Postgres calls bigint
DEEPEST_JSON = 32
MOST_MARKS = 32  # combining characters on one letter: putting them in order costs the square of their number


class BadInput(ValueError):
    """What came in can never be stored or understood; the sender gets a 400 and nothing is kept."""


def clean(value: str) -> str:
    """Take text from outside; give it back in NFC with plain newlines.

    Raises BadInput for what no one types on purpose: NUL and the other C0 and C1 controls except tab and newline,
    lone surrogates, and Unicode noncharacters.
    """
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    if not value.isascii():
        if _has_mountain(value):
            raise BadInput("The text piles too many accents on one letter.")
        value = unicodedata.normalize("NFC", value)
    if not (value.isascii() and value.isprintable()):
        for character in value:
            if _is_unwelcome(character):
                raise BadInput(f"The text has a character that cannot be stored: U+{ord(character):04X}.")
    return value


def _has_mountain(value: str) -> bool:
    height = 0
    for character in value:
        height = height + 1 if unicodedata.combining(character) else 0
        if height > MOST_MARKS:
            return True
    return False


def _is_unwelcome(character: str) -> bool:
    point = ord(character)
    if point < 0x20:
        return character not in "\t\n"
    return 0x7F <= point <= 0x9F or 0xD800 <= point <= 0xDFFF or 0xFDD0 <= point <= 0xFDEF or point & 0xFFFE == 0xFFFE


def decode(raw: bytes) -> str:
    """Take bytes that ought to be UTF-8; give clean text or raise BadInput."""
    try:
        return clean(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise BadInput("The text is not valid UTF-8.") from error


def integer(value: str | None, *, least: int = 0, most: int = LARGEST_INTEGER) -> int | None:
    """Take what should be a decimal number in ASCII digits; give the number, or None when it is not one in range."""
    if value is None or not INTEGER.fullmatch(value):
        return None
    number = int(value)
    return number if least <= number <= most else None


def decimal(value: str | None) -> float | None:
    """Take what should be a decimal number in ASCII digits, such as a Unix time; give it, or None when it is none."""
    return float(value) if value is not None and DECIMAL.fullmatch(value) else None


def load_json(raw: bytes, *, most: int = 65_536) -> Any:
    """Take a JSON document of at most `most` bytes; give its value or raise BadInput.

    Refuses what RFC 8259 leaves open and Python lets through: NaN, Infinity, duplicate members, deep nesting, hostile text.
    """
    if len(raw) > most:
        raise BadInput("The JSON document is too large.")
    try:
        value = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_members_once,
            parse_constant=_refuse_constant,
            parse_float=_finite,
        )
    except BadInput:
        raise
    except (ValueError, RecursionError) as error:
        raise BadInput("The body is not valid JSON.") from error
    return _clean_json(value, depth=0)


def _members_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise BadInput("A JSON object names the same member twice.")
    return members


def _refuse_constant(name: str) -> None:
    raise BadInput(f"{name} is not a JSON number.")


def _finite(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise BadInput("A JSON number is too large.")
    return number


def _clean_json(value: Any, depth: int) -> Any:
    if depth > DEEPEST_JSON:
        raise BadInput(f"The JSON document is nested more than {DEEPEST_JSON} deep.")
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [_clean_json(item, depth + 1) for item in value]
    if isinstance(value, dict):
        return _members_once([(clean(name), _clean_json(item, depth + 1)) for name, item in value.items()])
    return value


def return_path(value: str | None, mount: str) -> str | None:
    """Take a `next` from outside; give it back if it is a path (with query) inside the mount, else None.

    A browser reads `//host`, `/\\host` and `/<tab>/host` as another site, before or after it decodes them, so anything of that
    look is refused.
    """
    if not value or len(value) > 2_000 or not value.startswith(mount + "/") or value != value.strip():
        return None
    for reading in (value, unquote(value)):
        if reading.startswith("//") or "\\" in reading or any(ord(character) < 0x20 for character in reading):
            return None
    if any(part == ".." for part in re.split(r"[/?#]", unquote(value))):
        return None
    return value
