"""The order of texts as people of a language expect it.

Texts are compared letter by letter without regard to case and accents, then by accents; what differs in case only is
equal. Letters that a language counts as letters of their own stand where its alphabet has them. Texts in ASCII are
compared as they are: there nothing of this makes a difference.

Sources of the alphabets: the tailorings of the Unicode Common Locale Data Repository, as far as single letters go.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from engine.data.dual import Objects
from engine.data.ordering import BLOCK, text_order
from engine.stopping import check_stop, looking

Key = tuple[str, str]

_AFTER = {
    "sv": {"z": "åäö"},
    "fi": {"z": "åäö"},
    "da": {"z": "æøå"},
    "nb": {"z": "æøå"},
    "no": {"z": "æøå"},
    "nn": {"z": "æøå"},
    "is": {"d": "ð", "z": "þæöå"},
    "et": {"s": "šzž", "w": "õäöü"},
    "es": {"n": "ñ"},
    "pl": {"a": "ą", "c": "ć", "e": "ę", "l": "ł", "n": "ń", "o": "ó", "s": "ś", "z": "źż"},
    "cs": {"c": "č", "r": "ř", "s": "š", "z": "ž"},
    "sk": {"a": "ä", "c": "č", "o": "ô", "s": "š", "z": "ž"},
    "hr": {"c": "čć", "d": "đ", "s": "š", "z": "ž"},
    "sl": {"c": "čć", "d": "đ", "s": "š", "z": "ž"},
    "hu": {"o": "öő", "u": "üű"},
    "ro": {"a": "ăâ", "i": "î", "s": "ș", "t": "ț"},
    "tr": {"c": "ç", "g": "ğ", "h": "ı", "o": "ö", "s": "ş", "u": "ü"},
    "lt": {"c": "č", "s": "š", "z": "ž"},
    "lv": {"c": "č", "g": "ģ", "k": "ķ", "l": "ļ", "n": "ņ", "s": "š", "z": "ž"},
}
"""Language -> letter -> the letters that stand behind it in the alphabet."""


@lru_cache(maxsize=64)
def _alphabet(language: str) -> dict[str, str]:
    """Letters of their own -> what they are compared as."""
    return {
        letter: before + "\uffff" * (1 + place)
        for before, letters in _AFTER.get(language, {}).items()
        for place, letter in enumerate(letters)
    }


def collation_key(text: str, collation: str) -> Key:
    """What a text is compared by under a collation such as 'sv-SE'.

    >>> [collation_key("Ä", name) < collation_key("B", name) for name in ("en-US", "sv-SE")]
    [True, False]
    """
    own = _alphabet(collation.replace("_", "-").split("-")[0].lower())
    folded = unicodedata.normalize("NFC", text).lower()
    if own:
        folded = "".join(own.get(letter, letter) for letter in folded)
    parts = unicodedata.normalize("NFKD", folded.replace("ß", "ss").replace("æ", "ae").replace("ø", "o"))
    bare = "".join(letter for letter in parts if not unicodedata.combining(letter))
    return bare, parts


def collation_groups(texts: Objects, collation: str) -> npt.NDArray[np.int32]:
    """The place of each text in the order; texts that are equal but for case share one."""
    keys, is_ascii = [], True
    for begin in range(0, len(texts), BLOCK):
        check_stop()
        folded = pc.utf8_lower(pa.array(texts[begin : begin + BLOCK], type=pa.large_string()))
        is_ascii = is_ascii and bool(pc.all(pc.string_is_ascii(folded)).as_py() in (True, None))
        keys.append(folded)
    if not is_ascii:
        pairs = (collation_key(text, collation) for text in looking(texts.tolist()))
        keys = [pa.array(["\0".join(pair) for pair in pairs], type=pa.large_string())]
    whole = pa.concat_arrays(keys) if keys else pa.array([], type=pa.large_string())
    order = text_order(whole)
    groups = np.empty(len(texts), dtype=np.int32)
    place = 0
    for begin in range(0, len(texts), BLOCK):
        check_stop()
        rows = order[max(begin - 1, 0) : begin + BLOCK]
        known = whole.take(pa.array(rows))
        changes = pc.not_equal(known[1:], known[:-1]).to_numpy(zero_copy_only=False)
        groups[rows] = place + np.cumsum(np.append(False, changes))
        place = int(groups[rows[-1]])
    return groups
