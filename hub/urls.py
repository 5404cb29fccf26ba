"""Addresses of the Hub."""

from django.urls import path

from hub import pages

urlpatterns = [
    path("health/", pages.health, name="health"),
    path("app/<uuid:app_id>/", pages.workspace, name="workspace"),
]
