"""Addresses of the Hub."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView

from hub import api, pages, views

urlpatterns = [
    path("", views.lobby, name="lobby"),
    path("new/<uuid:draft_id>/", views.new_app, name="new_app"),
    path("app/<uuid:app_id>/", pages.workspace, name="workspace"),
    path("health/", pages.health, name="health"),
    path("api/schema/", SpectacularAPIView.as_view(), name="api_schema"),
    path("api/apps/", api.Apps.as_view(), name="api_apps"),
    path("api/apps/<uuid:app_id>/", api.OneApp.as_view(), name="api_app"),
    path("api/apps/<uuid:app_id>/restore/", api.RestoreApp.as_view(), name="api_app_restore"),
    path("api/files/", api.Files.as_view(), name="api_files"),
    path("api/files/<uuid:file_id>/", api.OneFile.as_view(), name="api_file"),
    path("api/drafts/", api.Drafts.as_view(), name="api_drafts"),
    path("api/drafts/<uuid:draft_id>/", api.OneDraft.as_view(), name="api_draft"),
    path("api/drafts/<uuid:draft_id>/plan/", api.DraftPlan.as_view(), name="api_draft_plan"),
    path("api/drafts/<uuid:draft_id>/creation/", api.DraftCreation.as_view(), name="api_draft_creation"),
]
