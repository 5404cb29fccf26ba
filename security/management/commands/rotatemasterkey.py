"""rotatemasterkey: a new master key; every tenant's key is wrapped anew, no content is touched."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from security.keys import previous_path, rewrap_tenant_keys, turn_over_master


class Command(BaseCommand):
    help = (
        "Make a new master key, keep the old one beside it as <file>.previous, and wrap every tenant's key anew. "
        "A killed run goes on when started again. Several machines: copy both files to each before anything else runs."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.MASTER_KEY_FILE
        turn_over_master(path)
        count = rewrap_tenant_keys()
        previous = Path(previous_path(path))
        previous.rename(previous.with_name(f"{previous.name}.done"))
        self.stdout.write(f"{count} keys wrapped anew. Keep {previous.name}.done as long as backups need it.")
