"""Addresses of sharing, and what each of their verbs needs."""

from django.urls import include, path

from sharing import api, views
from sharing.access import Level
from sharing.doors import ANYBODY, SIGNED_IN, door

OWN, VIEW = Level.OWN, Level.VIEW

urlpatterns = [
    door("invitation/", views.invitation, "invitation", GET=ANYBODY, POST=SIGNED_IN),
    door("groups/", views.groups_page, "groups", GET=SIGNED_IN),
    door("api/apps/<uuid:app_id>/sharing/", api.AppSharing.as_view(), "api_sharing", GET=OWN, PATCH=OWN),
    door("api/apps/<uuid:app_id>/access/", api.MyAccess.as_view(), "api_access", DELETE=VIEW),
    door("api/apps/<uuid:app_id>/groups/<uuid:share_id>/", api.AppGroup.as_view(), "api_app_group", DELETE=OWN),
    path(
        "api/apps/<uuid:app_id>/invitations/",
        include(
            [
                door("", api.AppInvitations.as_view(), "api_invitations", GET=OWN, POST=OWN),
                door("<uuid:invitation_id>/", api.OneInvitation.as_view(), "api_invitation", PATCH=OWN, DELETE=OWN),
                door("<uuid:invitation_id>/resend/", api.ResendInvitation.as_view(), "api_resend", POST=OWN),
            ]
        ),
    ),
    door("api/groups/", api.Groups.as_view(), "api_groups", GET=SIGNED_IN, POST=SIGNED_IN),
    door("api/groups/<uuid:group_id>/", api.OneGroup.as_view(), "api_group", PUT=SIGNED_IN, DELETE=SIGNED_IN),
    door("api/invitations/", api.MyInvitations.as_view(), "api_my_invitations", GET=SIGNED_IN),
    door("api/invitations/seen/", api.SeenInvitations.as_view(), "api_seen", POST=SIGNED_IN),
    door("api/invitations/<uuid:invitation_id>/accept/", api.Accept.as_view(), "api_accept", POST=SIGNED_IN),
    door("api/invitations/<uuid:invitation_id>/decline/", api.Decline.as_view(), "api_decline", POST=SIGNED_IN),
    door("api/deeds/<uuid:deed_id>/undo/", api.UndoDeed.as_view(), "api_undo", POST=SIGNED_IN),
]
