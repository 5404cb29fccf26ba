"""createapp --owner EMAIL --name N FILE...: the way through the upload page, for scripts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.people import find_person
from hub import drafts
from hub.models import Draft
from storage import library

PIECE_BYTES = 1024 * 1024


class Command(BaseCommand):
    requires_system_checks = ("security",)  # all of them would import every page: three seconds
    help = (
        "Make an app of data files and print its id. The recommended remedies are applied and told on standard error."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--owner", required=True, metavar="EMAIL", help="verified address of the owner")
        parser.add_argument("--name", required=True, help="title of the app")
        parser.add_argument("--as-is", action="store_true", help="link fields as they are named, apply no remedy")
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")

    def handle(self, *args: Any, owner: str, name: str, files: list[Path], as_is: bool, **options: Any) -> None:
        user = find_person(owner)
        if user is None:
            raise CommandError(f"Nobody has the verified address {owner}.")
        missing = [str(path) for path in files if not path.is_file()]
        if missing:
            raise CommandError(f"There is no file {missing[0]}.")
        kept = [library.add_file(user, path.name, pieces(path)) for path in files]
        try:
            draft = drafts.start_draft(user, [file.pk for file in kept], name)
            self._pass(draft, drafts.read_draft)
            if not as_is:
                for remedy in draft.content["profile"]["recommended"]:
                    self.stderr.write(remedy["label"])
                drafts.change_plan(draft, drafts.recommended_plan(draft))
            drafts.begin_creating(draft, name)
            self._pass(draft, drafts.create_from_draft)
        except BaseException:
            for file in kept:
                library.delete_file(file, user)
            raise
        self.stdout.write(str(draft.app_id))

    def _pass(self, draft: Draft, step: Any) -> None:
        step(draft)
        if draft.state == Draft.State.FAILED:
            raise CommandError(draft.content["problem"])


def pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            yield piece
