"""The Django application charts."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "charts"
