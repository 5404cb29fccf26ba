"""Texts. Places count from 1; a NULL argument gives NULL, but Len(NULL), which is 0.

No result is longer than MAX_TEXT: what would be is NULL, so that no expression fills the memory.
"""

from __future__ import annotations

from rapidfuzz.distance import Levenshtein

from engine.data.dual import Vector
from engine.language.functions.single import textual, whole
from engine.language.registry import Environment, function
from engine.language.values import MAX_TEXT, of_numbers, texts

LARGEST = 2**31


@function("Len(text)", "string", "How many characters the text has; 0 for NULL.")
def length(env: Environment, value: Vector) -> Vector:
    shown = texts(value, env.locale).tolist()
    return of_numbers([0.0 if text is None else float(len(text)) for text in shown])


@textual("Left(text, count)", "The first characters.", "tn")
def left(text: str, count: float) -> str:
    return text[: max(whole(count), 0)]


@textual("Right(text, count)", "The last characters.", "tn")
def right(text: str, count: float) -> str:
    wanted = max(whole(count), 0)
    return text[len(text) - wanted :] if wanted < len(text) else text


@textual("Mid(text, start[, count])", "The characters from place `start` on.", "tnn")
def mid(text: str, start: float, count: float = LARGEST) -> str:
    begin = max(whole(start), 1) - 1
    return text[begin : begin + max(whole(count), 0)]


textual("Trim(text)", "The text without blanks on either side.", "t")(lambda text: text.strip(" "))
textual("LTrim(text)", "The text without blanks before it.", "t")(lambda text: text.lstrip(" "))
textual("RTrim(text)", "The text without blanks behind it.", "t")(lambda text: text.rstrip(" "))
textual("Upper(text)", "The text in upper case.", "t")(lambda text: text.upper())
textual("Lower(text)", "The text in lower case.", "t")(lambda text: text.lower())
textual("Capitalize(text)", "Every word with a capital letter, the rest in lower case.", "t")(
    lambda text: " ".join(word[:1].upper() + word[1:].lower() for word in text.split(" "))
)


@textual("Replace(text, from, to)", "The text with every `from` replaced by `to`.", "ttt")
def replace(text: str, old: str, new: str) -> str | None:
    if not old:
        return text
    if len(text) + text.count(old) * (len(new) - len(old)) > MAX_TEXT:
        return None
    return text.replace(old, new)


@textual("Repeat(text, count)", "The text as often as `count` says.", "tn")
def repeat(text: str, count: float) -> str | None:
    times = max(whole(count), 0)
    return text * times if len(text) * times <= MAX_TEXT else None


def _occurrence(places: list[int], count: float) -> int:
    """The count-th of the places, from the end if negative; 0 if there are not so many."""
    wanted = whole(count)
    if wanted == 0 or abs(wanted) > len(places):
        return 0
    return places[wanted - 1] if wanted > 0 else places[wanted]


@textual(
    "Index(text, part[, count])", "The place of the count-th `part`, from the end if negative; else 0.", "ttn", "n"
)
def index(text: str, part: str, count: float = 1) -> int:
    places, at = [], text.find(part) if part else -1
    while at >= 0:
        places.append(at + 1)
        at = text.find(part, at + 1)
    return _occurrence(places, count)


@textual("FindOneOf(text, characters[, count])", "The place of the count-th of the characters; else 0.", "ttn", "n")
def find_one_of(text: str, characters: str, count: float = 1) -> int:
    wanted = set(characters)
    return _occurrence([at for at, sign in enumerate(text, start=1) if sign in wanted], count)


@textual("KeepChar(text, characters)", "Only those characters of the text.", "tt")
def keep_char(text: str, characters: str) -> str:
    kept = set(characters)
    return "".join(sign for sign in text if sign in kept)


@textual("PurgeChar(text, characters)", "The text without those characters.", "tt")
def purge_char(text: str, characters: str) -> str:
    purged = set(characters)
    return "".join(sign for sign in text if sign not in purged)


@textual(
    "SubField(text, delimiter[, n])", "The n-th part between delimiters (the first), from the end if negative.", "ttn"
)
def sub_field(text: str, delimiter: str, n: float = 1) -> str | None:
    parts = text.split(delimiter) if delimiter else list(text)
    wanted = whole(n)
    if wanted == 0 or abs(wanted) > len(parts):
        return None
    return parts[wanted - 1] if wanted > 0 else parts[wanted]


@textual("SubStringCount(text, part)", "How often `part` stands in the text.", "tt", "n")
def sub_string_count(text: str, part: str) -> int:
    return text.count(part) if part else 0


@textual("TextBetween(text, before, behind[, n])", "The text between the n-th `before` and the next `behind`.", "tttn")
def text_between(text: str, before: str, behind: str, n: float = 1) -> str | None:
    at = 0
    for _ in range(min(whole(n), len(text) + 1)):
        found = text.find(before, at)
        if found < 0:
            return None
        at = found + len(before)
        if not before:
            break
    end = text.find(behind, at)
    return text[at:end] if end >= 0 and n >= 1 else None


@textual("Chr(code)", "The character of a Unicode code point.", "n")
def chr_(code: float) -> str | None:
    place = whole(code)
    return chr(place) if 0 <= place < 0x110000 and not 0xD800 <= place < 0xE000 else None


@textual("Ord(text)", "The Unicode code point of the first character.", "t", "n")
def ord_(text: str) -> int | None:
    return ord(text[0]) if text else None


@textual("LevenshteinDist(text, other)", "How many single changes turn one text into the other.", "tt", "n")
def levenshtein_dist(text: str, other: str) -> int | None:
    if len(text) * len(other) > MAX_TEXT:
        return None
    return Levenshtein.distance(text, other)


_CODECS = {1200: "utf-16-le", 1201: "utf-16-be", 20127: "ascii", 65000: "utf-7", 65001: "utf-8"}


@textual("ApplyCodepage(text, codepage)", "The text, its Latin signs read again as another code page.", "tn")
def apply_codepage(text: str, codepage: float) -> str | None:
    """Bytes that were read as Windows-1252 are read as the code page; what was none stays as it is."""
    number = whole(codepage)
    latin = 28591 <= number <= 28606
    codec = _CODECS.get(number) or (f"iso8859-{number - 28590}" if latin else f"cp{number}")
    try:
        return text.encode("cp1252").decode(codec, errors="replace")
    except UnicodeEncodeError:
        return text
    except LookupError:
        return None
