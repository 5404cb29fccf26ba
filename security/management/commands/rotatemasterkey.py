"""rotatemasterkey: a new master key; every tenant's key is wrapped anew, no content is touched."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from security.keys import put_away_previous_master, rewrap_tenant_keys, turn_over_master


class Command(BaseCommand):
    help = (
        "Make a new master key, keep the old one beside it as <file>.previous, and wrap every tenant's key anew. "
        "A killed run goes on when started again. Several machines: copy both files to each before anything else runs."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.MASTER_KEY_FILE
        turn_over_master(path)
        count = rewrap_tenant_keys()
        kept = put_away_previous_master(path)
        self.stdout.write(f"{count} keys wrapped anew. Keep {kept} as long as backups need it.")
