"""One-time tokens: 256 random bits for the person, only their hash for the database."""

from __future__ import annotations

import hashlib
import secrets

TOKEN_BYTES = 32


def make_token() -> tuple[str, str]:
    """A new token, and the hash to store in its place."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    return token, hash_token(token)


def hash_token(token: str) -> str:
    """What a token is looked up by. Tokens are random, so a plain hash cannot be guessed backwards."""
    return hashlib.sha256(b"token " + token.encode()).hexdigest()
