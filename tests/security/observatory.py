"""How a public scanner of security headers rates an answer, by the rules that MDN publishes for its HTTP Observatory.

100 to begin with; what is lacking takes points away, what is exemplary adds some, where 90 are reached without.
"""

from __future__ import annotations

from collections.abc import Mapping

HALF_A_YEAR = 15_768_000
PRIVATE = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}


def score(headers: Mapping[str, str]) -> int:
    """The rating of an answer that sets no cookie and loads scripts of its own host only."""
    policy = _policy(headers.get("Content-Security-Policy", ""))
    marks = [_of_policy(policy), _of_transport(headers), _of_framing(policy, headers)]
    marks.append(0 if headers.get("X-Content-Type-Options") == "nosniff" else -5)
    marks.append(5 if headers.get("Referrer-Policy") in PRIVATE else 0)
    marks.append(10 if headers.get("Cross-Origin-Resource-Policy") in ("same-origin", "same-site") else 0)
    plain = 100 + sum(mark for mark in marks if mark < 0)
    return plain + sum(mark for mark in marks if mark > 0) if plain >= 90 else max(plain, 0)


def _policy(text: str) -> dict[str, list[str]]:
    parts = [part.split() for part in text.split(";") if part.strip()]
    return {name.lower(): sources for name, *sources in parts}


def _of_policy(policy: dict[str, list[str]]) -> int:
    if not policy:
        return -25
    scripts = policy.get("script-src", policy.get("default-src", ["*"]))
    if {"'unsafe-inline'", "'unsafe-eval'", "*", "http:", "https:", "data:"} & set(scripts):
        return -20
    if "'unsafe-inline'" in policy.get("style-src", []):
        return 0
    return 10 if policy.get("default-src") == ["'none'"] else 5


def _of_transport(headers: Mapping[str, str]) -> int:
    parts = dict.fromkeys(headers.get("Strict-Transport-Security", "").replace(" ", "").split(";"))
    seconds = next((int(part.removeprefix("max-age=")) for part in parts if part.startswith("max-age=")), 0)
    return 0 if seconds >= HALF_A_YEAR else -10 if seconds else -20


def _of_framing(policy: dict[str, list[str]], headers: Mapping[str, str]) -> int:
    if policy.get("frame-ancestors", ["*"]) != ["*"]:
        return 5
    return 0 if headers.get("X-Frame-Options") in ("DENY", "SAMEORIGIN") else -20
