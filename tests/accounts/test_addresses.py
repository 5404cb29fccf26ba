"""The one stored form of an address, and that addresses which only look equal never meet (T02, T03)."""

import pytest
from django.core.exceptions import ValidationError

from accounts.addresses import stored_form


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("alice@example.org", "alice@example.org"),
        ("  alice@example.org ", "alice@example.org"),
        ("Alice@Example.ORG", "alice@example.org"),
        ("alice@example.org.", "alice@example.org"),
        ("alice+work@example.org", "alice+work@example.org"),
        ("alice@bücher.de", "alice@xn--bcher-kva.de"),
        ("alice@BÜCHER.de", "alice@xn--bcher-kva.de"),
        ("alice@XN--BCHER-KVA.de", "alice@xn--bcher-kva.de"),
        ("o'neil@example.org", "o'neil@example.org"),
    ],
)
def test_an_address_is_brought_to_its_stored_form(typed, stored):
    assert stored_form(typed) == stored
    assert stored_form(stored) == stored


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "alice",
        "@example.org",
        "alice@",
        "alice@@example.org",
        "alice@exa mple.org",
        "m\u0131ke@example.org",  # dotless i: upper() makes it mike
        "\u212aate@example.org",  # Kelvin sign: lower() makes it kate
        "stra\u00dfe@example.org",  # sharp s: upper() makes it strasse
        "\uff41lice@example.org",  # full-width a: NFKC makes it alice
        "ali\u200bce@example.org",  # zero-width space
        "ali\x00ce@example.org",
        "ali\nce@example.org",
        "alice@exam\u200bple..org",
        "alice@\x80",
        '"alice"@example.org',
        '"<b>x</b>;"@example.org',
    ],
)
def test_t03_what_could_pass_for_another_address_is_refused_with_a_sentence(typed):
    with pytest.raises(ValidationError) as refused:
        stored_form(typed)
    assert refused.value.messages[0].endswith(".")
    assert refused.value.messages[0].isprintable()
