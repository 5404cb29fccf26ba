"""createuser EMAIL --password-stdin: a verified person with a personal tenant."""

from __future__ import annotations

import sys
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.addresses import stored_form
from accounts.models import User
from accounts.people import create_person


class Command(BaseCommand):
    requires_system_checks = ("security",)  # all of them would import every page: three seconds
    help = "Create a person with a verified e-mail address and a personal tenant."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument(
            "--password-stdin",
            action="store_true",
            required=True,
            help="read the password from standard input",
        )

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        password = sys.stdin.readline().rstrip("\n")
        try:
            address = stored_form(email)
            if User.objects.filter(email=address).exists():
                raise CommandError(f"{address} has an account already.")
            validate_password(password)
            create_person(address, password)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        self.stdout.write(address)
