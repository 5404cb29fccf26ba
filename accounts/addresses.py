"""The one stored form of an e-mail address. Every address passes here at every entry; afterwards bytes are compared.

The domain becomes IDNA ASCII without a trailing dot; the local part must be ASCII and is lower-cased. Quoted local
parts, which may hold almost anything (RFC 5321, 4.1.2), are refused: hardly anybody has one, and programs disagree.
Unicode is never folded to compare: that is how mails for one person reached another (CVE-2019-19844).
"""

from __future__ import annotations

import idna
from django.core.exceptions import ValidationError
from django.core.validators import validate_email


def stored_form(address: str) -> str:
    """`address` in its stored form; ValidationError with a sentence for the person otherwise."""
    local, at, domain = address.strip(" ").rpartition("@")
    if not at or not local or not domain:
        raise ValidationError("Enter an e-mail address such as name@example.org.", code="invalid")
    if not local.isascii() or not local.isprintable():
        raise ValidationError(
            "The part before the @ may hold only plain letters, digits and signs (no accents, "
            "no invisible characters). Type it again by hand.",
            code="invalid",
        )
    if '"' in local:
        raise ValidationError("Addresses with quotation marks before the @ are not taken.", code="invalid")
    stored = f"{local.lower()}@{_ascii_domain(domain)}"
    validate_email(stored)
    return stored


def _ascii_domain(domain: str) -> str:
    domain = domain.removesuffix(".")
    try:
        return idna.encode(domain, uts46=True).decode("ascii").lower() if not domain.isascii() else domain.lower()
    except idna.IDNAError:
        raise ValidationError("The part after the @ is no domain name. Check it.", code="invalid") from None
