"""The Django application storage."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "storage"
