"""What people paste: addresses with names or without, however they are separated."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharing.addressees import MOST, Addressee, read_addressees
from sharing.errors import BadRequest, SharingError

BOB, CLEO = "bob@example.org", "cleo@example.org"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        (" \n ,;", []),
        (BOB, [Addressee(BOB)]),
        (" BOB@Example.ORG. ", [Addressee(BOB)]),
        (f"{BOB}, {CLEO}", [Addressee(BOB), Addressee(CLEO)]),
        (f"{BOB};{CLEO}\n{BOB}", [Addressee(BOB), Addressee(CLEO)]),
        (f"{BOB} {CLEO}", [Addressee(BOB), Addressee(CLEO)]),
        (f"Bob Bee <{BOB}>", [Addressee(BOB, "Bob Bee")]),
        (f'"Bee, Bob" <{BOB}>, Cleo <{CLEO}>', [Addressee(BOB, "Bee, Bob"), Addressee(CLEO, "Cleo")]),
        (f"Bee, Bob <{BOB}>; {CLEO}", [Addressee(BOB, "Bee, Bob"), Addressee(CLEO)]),
        (f"Bob Bee\t{BOB}\nCleo\t{CLEO}", [Addressee(BOB, "Bob Bee"), Addressee(CLEO, "Cleo")]),
        (f"<{BOB}>", [Addressee(BOB)]),
        (f"mailto:{BOB}, <mailto:{CLEO}>", [Addressee(BOB), Addressee(CLEO)]),
        ("b\u00fccher@b\u00fccher.de".replace("b\u00fccher@", "leser@"), [Addressee("leser@xn--bcher-kva.de")]),
        (f"Bob\u202e\x00 <{BOB}>", [Addressee(BOB, "Bob")]),
        ("bob+work@example.org bob@example.org", [Addressee("bob+work@example.org"), Addressee(BOB)]),
    ],
)
def test_addresses_are_found(text, found):
    assert read_addressees(text) == found


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("bob", "bob"),
        (f"{BOB}, nobody", "nobody"),
        (f"nobody\n{BOB}", "nobody"),
        (f"{BOB}; nobody; {CLEO}", "nobody"),
        ("bob@", "bob@"),
        ("m\u0131ke@example.org", "m\u0131ke@example.org"),
        ("bob\u200b@example.org", "bob@example.org"),
        ("a@b@c.org", "a@b@c.org"),
        ("bob@exa mple.org", "bob@exa"),
        ("bob@example.org\x00", "bob@example.org"),
    ],
)
def test_what_is_no_address_is_named(text, named):
    with pytest.raises(BadRequest) as error:
        read_addressees(text)
    assert named in error.value.message


def test_many_problems_are_counted_and_many_addresses_refused():
    with pytest.raises(BadRequest, match="And 3 more"):
        read_addressees(", ".join(f"wrong{n}@" for n in range(8)))
    with pytest.raises(BadRequest, match=str(MOST)):
        read_addressees(" ".join(f"bee{n}@example.org" for n in range(MOST + 1)))


def outcome(text: str) -> tuple[list[Addressee], str]:
    try:
        return read_addressees(text), ""
    except SharingError as error:
        return [], error.message


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_with_a_printable_sentence(text):
    found, sentence = outcome(text)
    assert sentence.isprintable()
    assert all(one.address.isascii() and "@" in one.address for one in found)
