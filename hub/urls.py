"""Addresses of the Hub, and what each of their verbs needs."""

from drf_spectacular.views import SpectacularAPIView

from hub import api, pages, views
from sharing.access import Level
from sharing.doors import ANYBODY, SIGNED_IN, door

OWN, VIEW = Level.OWN, Level.VIEW

urlpatterns = [
    door("", views.lobby, "lobby", GET=SIGNED_IN),
    door("new/<uuid:draft_id>/", views.new_app, "new_app", GET=SIGNED_IN),
    door("app/<uuid:app_id>/", pages.workspace, "workspace", GET=VIEW),
    door("app/<uuid:app_id>/sharing/", pages.who_can_see, "who_can_see", GET=OWN),
    door("health/", pages.health, "health", GET=ANYBODY),
    door("api/schema/", SpectacularAPIView.as_view(), "api_schema", GET=SIGNED_IN),
    door("api/apps/", api.Apps.as_view(), "api_apps", GET=SIGNED_IN),
    door("api/apps/<uuid:app_id>/", api.OneApp.as_view(), "api_app", GET=VIEW, PATCH=OWN, DELETE=OWN),
    door("api/apps/<uuid:app_id>/restore/", api.RestoreApp.as_view(), "api_app_restore", POST=SIGNED_IN),
    door("api/files/", api.Files.as_view(), "api_files", GET=SIGNED_IN, POST=SIGNED_IN),
    door("api/files/<uuid:file_id>/", api.OneFile.as_view(), "api_file", DELETE=SIGNED_IN),
    door("api/drafts/", api.Drafts.as_view(), "api_drafts", POST=SIGNED_IN),
    door("api/drafts/<uuid:draft_id>/", api.OneDraft.as_view(), "api_draft", GET=SIGNED_IN, DELETE=SIGNED_IN),
    door("api/drafts/<uuid:draft_id>/plan/", api.DraftPlan.as_view(), "api_draft_plan", PUT=SIGNED_IN),
    door("api/drafts/<uuid:draft_id>/creation/", api.DraftCreation.as_view(), "api_draft_creation", POST=SIGNED_IN),
]
