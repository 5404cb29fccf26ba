"""The key of the public role: it opens what was published, and nothing else.

The process that serves the public holds this key and not the master key. Whoever publishes an object wraps its data
key by the public key besides; deleting that, or the object's row, takes the object from the public for good.
"""

from __future__ import annotations

import hashlib
import hmac
import uuid

from django.conf import settings

from security.cipher import Tampered, seal_bytes, unseal_bytes
from security.keys import FileProvider, KeyTrouble, unwrap_data_key


def provider() -> FileProvider:
    return FileProvider(settings.PUBLIC_KEY_FILE, is_replaceable=True)


def wrap_for_public(tenant_id: uuid.UUID, object_id: uuid.UUID, wrapped: bytes) -> bytes:
    """The data key of an object, wrapped so that the public role can open it."""
    raw = unwrap_data_key(tenant_id, object_id, wrapped)
    return seal_bytes(provider().current(), raw, _context(object_id))


def unwrap_for_public(object_id: uuid.UUID, wrapped: bytes) -> bytes:
    for key in provider().all():
        try:
            return unseal_bytes(key, bytes(wrapped), _context(object_id))
        except Tampered:
            continue
    raise KeyTrouble("A published object was wrapped by another public key. Restore that one.")


def signature(text: str) -> str:
    """A signature that the web role makes and the public role checks; keyed apart from everything that is sealed."""
    key = hashlib.sha256(b"tokens of the public role" + provider().current()).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def is_signed(text: str, given: str) -> bool:
    return hmac.compare_digest(signature(text), given)


def _context(object_id: uuid.UUID) -> bytes:
    return b"published" + object_id.bytes
