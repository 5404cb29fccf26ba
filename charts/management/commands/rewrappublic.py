"""rewrappublic: the keys of all published charts, wrapped for the present public key."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from charts.models import ChartVersion
from security.publication import wrap_for_public


class Command(BaseCommand):
    help = "Wrap the data keys of published charts anew, after the public key was replaced. Content is not touched."

    def handle(self, *args: Any, **options: Any) -> None:
        count = 0
        for version in ChartVersion.objects.exclude(object=None).select_related("chart", "object").iterator():
            stored = version.object
            if stored is not None:
                version.public_key = wrap_for_public(stored.tenant_id, stored.pk, bytes(stored.wrapped_key))
                version.save(update_fields=["public_key"])
                count += 1
        self.stdout.write(f"{count} keys wrapped anew.")
