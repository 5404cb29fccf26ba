"""Static files of the product with hashed names, compressed by gzip. Brotli at its strongest would take a minute at the
first start, and these files are fetched once."""

from __future__ import annotations

from typing import Any

from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage


class Storage(CompressedManifestStaticFilesStorage):
    def create_compressor(self, **options: Any) -> Compressor:
        return super().create_compressor(**{**options, "use_brotli": False})
