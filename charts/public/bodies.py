"""Bodies that are made once and answered many times: whole, gzip and Brotli, each with its own validator."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass, field

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

    @property
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
        encoding = self._best(request.headers.get("Accept-Encoding", ""))
        tag = f'"{self.digest}{"-" + encoding if encoding else ""}"'
        content = self.encoded(encoding)
        if tag in request.headers.get("If-None-Match", ""):
            response = HttpResponse(status=304)
            del response["Content-Type"]
        else:
            response = HttpResponse(b"" if request.method == "HEAD" else content, content_type=self.content_type)
            response["Content-Length"] = str(len(content))
        response["ETag"] = tag
        if self.is_compressible:
            response["Vary"] = "Accept-Encoding"
        if encoding and response.status_code == 200:
            response["Content-Encoding"] = encoding
        for name, value in headers.items():
            response[name] = value
        return response

    def _best(self, accepted: str) -> str:
        names = {
            part.split(";")[0].strip() for part in accepted.split(",") if not part.replace(" ", "").endswith(";q=0")
        }
        if not self.is_compressible:
            return ""
        return next((name for name in ("br", "gzip") if name in names), "")
