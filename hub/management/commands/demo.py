"""demo: make the demo's account and app where they are missing, and say how to log in."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from hub.demo import demo_person, make_demo_app
from storage import library


class Command(BaseCommand):
    help = "Make the demo tenant with its app if it is not there, and print its log-in."

    def handle(self, *args: Any, **options: Any) -> str:
        user, password = demo_person()
        if not library.apps_of(user).exists() and not library.deleted_apps_of(user).exists():
            make_demo_app(user)
        return f"Log in as {user.email} with the password {password}\n"
