"""Bodies that are made once and answered many times: whole, gzip and Brotli, each with its own validator."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import brotli
from django.http import HttpRequest, HttpResponse

COMPRESSED = ("text/", "application/json", "image/svg", "text/javascript")
WORTH = 600
"""Bytes from which compressing is worth it."""
LARGE = 200_000


@dataclass
class Body:
    """The bytes of an answer; each encoding (empty name: as it is) is made when first asked for, and kept."""

    content_type: str
    digest: str
    made: dict[str, bytes] = field(repr=False)

    @classmethod
    def of(cls, content: bytes, content_type: str) -> Body:
        return cls(content_type, hashlib.sha256(content).hexdigest()[:32], {"": content})

    @cached_property
    def is_compressible(self) -> bool:
        return self.content_type.startswith(COMPRESSED) and len(self.made[""]) > WORTH

    def encoded(self, encoding: str) -> bytes:
        if encoding not in self.made:
            content = self.made[""]
            is_large = len(content) > LARGE
            if encoding == "br":
                self.made["br"] = brotli.compress(content, quality=5 if is_large else 9)
            else:
                self.made["gzip"] = gzip.compress(content, 6 if is_large else 9, mtime=0)
        return self.made[encoding]

    def answer(self, request: HttpRequest, headers: dict[str, str]) -> HttpResponse:
        """200 with the best encoding that the client takes, 304 if it has it already; without the body for HEAD."""
        encoding = self._best(request.META.get("HTTP_ACCEPT_ENCODING", ""))
        tag = f'"{self.digest}{"-" + encoding if encoding else ""}"'
        sent = {"ETag": tag, **({"Vary": "Accept-Encoding"} if self.is_compressible else {}), **headers}
        if tag in request.META.get("HTTP_IF_NONE_MATCH", ""):
            response = HttpResponse(status=304, headers=sent)
            del response["Content-Type"]
            return response
        content = self.encoded(encoding)
        sent |= {"Content-Type": self.content_type, "Content-Length": str(len(content))}
        if encoding:
            sent["Content-Encoding"] = encoding
        return HttpResponse(b"" if request.method == "HEAD" else content, headers=sent)

    def _best(self, accepted: str) -> str:
        if not self.is_compressible:
            return ""
        names = _accepted(accepted)
        return next((name for name in ("br", "gzip") if name in names), "")


@lru_cache(maxsize=64)
def _accepted(header: str) -> frozenset[str]:
    """The encodings that an Accept-Encoding names and does not refuse."""
    parts = header.split(",")
    return frozenset(part.split(";")[0].strip() for part in parts if not part.replace(" ", "").endswith(";q=0"))
