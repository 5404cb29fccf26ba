"""sweepstorage: takes away for good what is deleted or was left behind. Meant to be run daily."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from storage.sweep import sweep


class Command(BaseCommand):
    help = "Destroy apps deleted 30 days ago, objects that nothing refers to, and bytes that no object stands for."

    def handle(self, *args: Any, **options: Any) -> None:
        sweep()
