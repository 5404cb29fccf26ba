"""createapikey EMAIL --name N: prints a new API key once."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.api_keys import DEFAULT_DAYS, create_api_key
from accounts.people import find_person
from security.audit import record


class Command(BaseCommand):
    requires_system_checks = ("security",)  # all of them would import every page: three seconds
    help = "Create an API key of a person and print it; it is shown this once and stored only as a hash."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", required=True, help="what the key is for")
        parser.add_argument(
            "--days", type=int, default=DEFAULT_DAYS, help="days until it expires (default: %(default)s)"
        )

    def handle(self, *args: Any, email: str, name: str, days: int, **options: Any) -> None:
        user = find_person(email)
        if user is None:
            raise CommandError(f"Nobody has the verified address {email}.")
        key, text = create_api_key(user, name, days)
        record(user.tenant_id, "api_key.created", actor="operator", subject=str(key.pk))
        self.stdout.write(text)
