"""API keys: make, recognise, revoke. 256 random bits, sent as `Authorization: Bearer`, kept as a SHA-256 hash.

A plain hash is enough because the key itself is random and long (OWASP ASVS 5.0.0, 6.5 and 11.4).
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import ApiKey, User

PREFIX = "key_"
DEFAULT_DAYS = 90
LAST_USED_GRAIN = timedelta(minutes=1)


def create_api_key(user: User, name: str, days: int = DEFAULT_DAYS) -> tuple[ApiKey, str]:
    """A new key of `user`, and its text, which exists nowhere else."""
    text = PREFIX + secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        user=user,
        name=name,
        prefix=text[:8],
        digest=_digest(text),
        expires=timezone.now() + timedelta(days=days),
    )
    return key, text


def user_for_key(text: str) -> User | None:
    """The person whose live key this is; None for an unknown, expired or revoked one."""
    key = ApiKey.objects.select_related("user").filter(digest=_digest(text)).first()
    if key is None or not key.is_live or not key.user.is_active:
        return None
    now = timezone.now()
    if key.last_used is None or now - key.last_used > LAST_USED_GRAIN:
        ApiKey.objects.filter(pk=key.pk).update(last_used=now)
    return key.user


def revoke_api_key(user: User, key_id: str) -> None:
    ApiKey.objects.filter(user=user, pk=key_id, revoked=None).update(revoked=timezone.now())


def bearer_key(header: str) -> str | None:
    """The key in the text of an Authorization header, None where there is no bearer key."""
    scheme, _, text = header.partition(" ")
    return text.strip() if scheme.lower() == "bearer" and text.strip() else None


class BearerAuthentication(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[User, None] | None:
        key = bearer_key(get_authorization_header(request).decode("latin-1"))
        if key is None:
            return None
        user = user_for_key(key)
        if user is None:
            raise AuthenticationFailed("This API key is unknown, expired or revoked.")
        return user, None

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
