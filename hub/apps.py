"""The Django application hub."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "hub"
