"""Texts stand in the order that people of the app's language expect."""

from __future__ import annotations

import numpy as np
import pytest

from engine.data.collation import collation_groups


def ordered(words: str, collation: str = "en-US") -> str:
    texts = np.array(words.split(), dtype=object)
    return " ".join(texts[np.argsort(collation_groups(texts, collation), kind="stable")])


@pytest.mark.parametrize(
    ("collation", "words", "expected"),
    [
        ("en-US", "b A a B", "A a b B"),
        ("en-US", "zoo éclair eclair Éa f", "Éa eclair éclair f zoo"),
        ("en-US", "Zürich Ägypten Berlin Ulm", "Ägypten Berlin Ulm Zürich"),
        ("sv-SE", "Öland Zorn Ånge Ängel Abba", "Abba Zorn Ånge Ängel Öland"),
        ("da-DK", "Århus Ærø Østerbro Zoo Aalborg", "Aalborg Zoo Ærø Østerbro Århus"),
        ("es-ES", "nube ñandú oso", "nube ñandú oso"),
        ("pl_PL", "łódka lato zima", "lato łódka zima"),
        ("de-DE", "Straße Strasse Strast", "Straße Strasse Strast"),
        ("xx", "б а в", "а б в"),
        ("", "日本 愛", "愛 日本"),
    ],
)
def test_words_are_ordered(collation: str, words: str, expected: str) -> None:
    assert ordered(words, collation) == expected


def test_texts_that_differ_in_case_only_share_a_place() -> None:
    assert collation_groups(np.array(["b", "A", "a", "B"], dtype=object), "en-US").tolist() == [1, 0, 0, 1]
    assert collation_groups(np.array(["é", "É", "e"], dtype=object), "en-US").tolist() == [1, 1, 0]
    assert collation_groups(np.array([], dtype=object), "en-US").tolist() == []
