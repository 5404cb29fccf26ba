"""demo: make the demo's account and app where they are missing, and say how to log in."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from accounts.models import User
from accounts.people import create_person, find_person
from storage import library

EMAIL = "demo@example.org"


class Command(BaseCommand):
    help = "Make the demo tenant with its app if it is not there, and print its log-in."
    # They take seconds, and the server makes them, too.
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> str:
        user, password = demo_person()
        if not library.apps_of(user).exists() and not library.deleted_apps_of(user).exists():
            from hub.demo import make_demo_app  # brings the engine, which takes seconds

            make_demo_app(user)
        return f"Log in as {user.email} with the password {password}\n"


def demo_person() -> tuple[User, str]:
    """The demo's account and its password, which is made once and kept in var/."""
    path = Path(settings.VAR) / "demo-password"
    user = find_person(EMAIL)
    if user is None:
        password = "-".join(secrets.token_hex(2) for _ in range(4))
        user = create_person(EMAIL, password)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(password)
    return user, path.read_text()
