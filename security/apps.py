"""The Django application security."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "security"

    def ready(self) -> None:
        from security import checks  # noqa: F401  (registers the checks)
