"""The Django application sharing."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "sharing"
