"""Words: what a text is found by, and what a person's words look for, in the terms of Postgres' text search.

A text becomes a tsvector of its words, folded: case, accents and widths make no difference. Scripts that do not put blanks
between words (and Korean, whose particles hang on to them) are cut into overlapping pairs of characters; the last
character of a run also stands alone, so that any single one can be looked for as a prefix. Every word keeps its place, so
that Postgres itself sees whether words, or pairs, stand next to each other: nothing is found that is not there.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

LONGEST_WORD = 64  # characters; what is longer is no word, and is found by its beginning
MOST_WORDS = 24  # in one phrase that is looked for

# Hangul with its single letters, kana, Han, and the scripts of south-east Asia.
PAIRED = "가-힣ㄱ-ㆎᄀ-ᇿぁ-ゖァ-ヺーㇰ-ㇿ々〇㐀-䶿一-鿿豈-﫿𠀀-𳎯ก-๎ກ-ໟက-႟ក-៓"
# Vowel signs of Indic scripts, which belong to the word though Python calls them no letters.
SIGNS = "ऀ-෿"
PICTURES = "☀-➿🌀-🫿🇦-🇿"
LETTER = rf"(?:[^\W_{PAIRED}]|[{SIGNS}])"
TOKEN = re.compile(rf"(?P<run>[{PAIRED}]+)|(?P<word>{LETTER}+)|(?P<picture>[{PICTURES}])")
# The edges of words and runs are marked by a character before places are looked for: then these are found as plain pieces of
# text, and no search need compile a pattern of its own, which takes as long as to look through thirty posts.
EDGE = "\x02"
GAP = re.compile(f"(?:[^\\w{SIGNS}{PICTURES}]|_)*")  # what may stand between the words of a phrase
SCRAPS = re.compile(rf"([{PAIRED}]+|{LETTER}+)")
# The same where there are no such signs, and in ASCII: one class of characters after another is found in half the time.
SIGN = re.compile(f"[{SIGNS}]")
SIGNLESS_SCRAPS = re.compile(rf"([{PAIRED}]+|[^\W_{PAIRED}]+)")
ASCII_SCRAPS = re.compile("([a-z0-9]+)")

# Letters that Unicode does not take apart, as those write them who lack them on their keyboard.
SPELLED = {"ø": "o", "đ": "d", "ł": "l", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"}
# Accents, points of Hebrew and Arabic, invisible joints, skin colours and the mark that makes a sign a picture.
DROPPED = re.compile("[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u00ad\u200b-\u200d\u2060\ufe0f🏻-🏿]")


Needle = tuple[str, ...]  # pieces of an edged text that stand one after the other, with gaps between them


class _Folded(dict[int, str]):
    """Each character as it is compared, worked out once; `uneven` are those that become none or several."""

    def __init__(self) -> None:
        super().__init__({ord(EDGE): " "})
        self.uneven: set[str] = set()

    def __missing__(self, point: int) -> str:
        character = chr(point)
        if not ("가" <= character <= "힣" or "ㄱ" <= character <= "ㆎ"):
            character = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold())
            character = unicodedata.normalize("NFC", DROPPED.sub("", character))
            character = "".join(SPELLED.get(letter, letter) for letter in character)
        if len(character) != 1:
            self.uneven.add(chr(point))
        self[point] = character
        return character


FOLDED = _Folded()
PLAIN = re.compile("[\x00-\x7f가-힣]*")  # Korean and English mostly: nothing to do but to lower


def fold(text: str) -> str:
    """A text as it is compared with others: no case, no accents, one width. Characters are folded one by one."""
    if text.isascii() or PLAIN.fullmatch(text):
        return text.lower().replace(EDGE, " ")
    return text.translate(FOLDED)


def document(*texts: str, marks: Iterable[str] = ()) -> str:
    """Everything some texts are found by, as Postgres reads a tsvector; `marks` are words that no text can contain.

    Between one text and the next no phrase goes on.
    """
    words = [f"'{mark}'" for mark in marks]
    place = 0
    for text in texts:
        for word in _pieces(text):
            place += 1
            words.append(f"'{word}':{place}")
        place += 2
    return " ".join(words)


def _pieces(text: str) -> Iterator[str]:
    for match in TOKEN.finditer(fold(text)):
        run = match["run"]
        if run:
            yield from (run[start : start + 2] for start in range(len(run)))
        else:
            yield match[0][:LONGEST_WORD]


def query(text: str, *, exact: bool = True, prefix: bool = False) -> str:
    """What finds these words next to each other, as Postgres reads a tsquery; '' if there is no word in them.

    Where not `exact`, a single word is also found in its plural or singular; with `prefix` the last may go on.
    """
    found = list(TOKEN.finditer(fold(text)))
    pieces: list[str] = []
    for match in found:
        is_last = match is found[-1]
        run = match["run"]
        if run and len(run) == 1 and is_last:
            pieces.append(f"'{run}':*")
        elif run:
            pieces += [f"'{run[start : start + 2]}'" for start in range(len(run) - is_last)]
        elif len(found) == 1 and not exact and match["word"]:
            pieces.append("(" + " | ".join(f"'{form[:LONGEST_WORD]}'" for form in forms(match[0])) + ")")
        else:
            pieces.append(f"'{match[0][:LONGEST_WORD]}'" + (":*" if prefix and is_last and match["word"] else ""))
    return " <-> ".join(pieces[:MOST_WORDS])


def needles(text: str, *, exact: bool = True, prefix: bool = False) -> list[Needle]:
    """What `query` finds, as it stands in an `edged` text: the choices, nothing if there is no word in them."""
    found = list(TOKEN.finditer(fold(text)))
    if len(found) == 1 and found[0]["word"]:
        choices = [found[0][0]] if exact else forms(found[0][0])
        return [(EDGE + word + ("" if prefix else EDGE),) for word in choices]
    pieces: list[str] = []
    for match in found:
        is_open = match is found[-1] and (prefix or match["run"])  # its end may be missing
        before = EDGE if match["word"] and not pieces else ""  # the gap takes further ones
        pieces.append(before + match[0] + ("" if is_open or match["picture"] else EDGE))
    return [tuple(pieces)] if pieces else []


def edged(folded: str) -> str:
    """A folded text with the edges of its words and runs marked."""
    if folded.isascii():
        return EDGE.join(ASCII_SCRAPS.split(folded))
    return EDGE.join((SCRAPS if SIGN.search(folded) else SIGNLESS_SCRAPS).split(folded))


def places(text: str, sought: Iterable[Needle]) -> list[tuple[int, int]]:
    """Where needles are found in a text as it was written: start and end of each hit. Of those that lie over one another it is
    the first, and of these the longest."""
    within = edged(fold(text))
    hits = [hit for needle in sought for hit in _hits(within, needle)]
    spans: list[tuple[int, int]] = []
    reached = 0
    for start, end in sorted(hits, key=lambda hit: (hit[0], -hit[1])) if len(hits) > 1 else hits:
        if start >= reached:
            spans.append((start - within.count(EDGE, 0, start), end - within.count(EDGE, 0, end)))
            reached = end
    if not spans or PLAIN.fullmatch(text) or FOLDED.uneven.isdisjoint(text):
        return spans
    origins = [number for number, character in enumerate(text) for _ in FOLDED[ord(character)]] + [len(text)]
    return [(origins[start], max(origins[end], origins[start] + 1)) for start, end in spans]


def _hits(within: str, needle: Needle) -> Iterator[tuple[int, int]]:
    """Where the pieces of a needle stand in an edged text with no more than gaps between them."""
    first, *others = needle
    start = within.find(first)
    while start >= 0:
        following = end = start + len(first)
        for piece in others:
            begin = GAP.match(within, end).end()  # type: ignore[union-attr]  # it may be empty
            if not within.startswith(piece, begin):
                break
            end = begin + len(piece)
        else:
            yield start, end
            following = end
        start = within.find(first, following)


def forms(word: str) -> list[str]:
    """A folded word with its plural and singular, as English and Spanish build them; some of the forms are no words."""
    found = [word]
    if not word.isascii() or not word.isalpha() or len(word) < 3:
        return found
    if word.endswith("ies") and len(word) > 4:
        found += [word[:-3] + "y"]
    if word.endswith("ces") and len(word) > 4:  # Spanish: veces, vez
        found += [word[:-3] + "z"]
    if word.endswith("s") and not word.endswith("ss"):
        found += [word[:-1]] if len(word) > 3 else []
        found += [word[:-2]] if word.endswith("es") and len(word) > 4 else []
    else:
        found += [word + "s"] if not word.endswith("s") else []
        found += [word + "es"] if word[-1] not in "aeo" else []
        found += [word[:-1] + "ies"] if word.endswith("y") else []
        found += [word[:-1] + "ces"] if word.endswith("z") else []
    return found
