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
    folded = pc.utf8_lower(pa.array(texts, type=pa.large_string()))
    if bool(pc.all(pc.string_is_ascii(folded)).as_py() in (True, None)):
        order = pc.sort_indices(folded).to_numpy()
        ordered = folded.take(pa.array(order))
        changes = pc.not_equal(ordered[1:], ordered[:-1]).to_numpy(zero_copy_only=False) if len(texts) else []
        groups = np.empty(len(texts), dtype=np.int32)
        groups[order] = np.cumsum(np.append(False, changes)[: len(texts)])
        return groups
    keys = [collation_key(text, collation) for text in texts.tolist()]
    place = {key: at for at, key in enumerate(sorted(set(keys)))}
    return np.array([place[key] for key in keys], dtype=np.int32)
