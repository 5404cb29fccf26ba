"""The Django application accounts."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "accounts"
