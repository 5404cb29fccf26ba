"""REST: share, and what became of it; the invitee's answers; groups; undo. Rights stand in sharing.urls."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import APIException, Throttled, ValidationError
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from sharing import deeds, errors, groups, invitations, meter, tasks
from sharing.addressees import read_addressees
from sharing.doors import app_for, person
from sharing.fresh import LoginTooOld, require_fresh_login
from sharing.models import Deed, Group, GroupShare, Invitation, Role, Sharing
from storage.models import App


class Conflict(APIException):
    status_code = status.HTTP_409_CONFLICT


class TooManyRequests(Throttled):
    def __init__(self, detail: str) -> None:
        APIException.__init__(self, detail)
        self.wait = None


class TermsSerializer(serializers.Serializer[Invitation]):
    role = serializers.ChoiceField(choices=Role.choices, default=Role.VIEWER)
    until = serializers.DateTimeField(required=False, allow_null=True, default=None)


class InvitingSerializer(TermsSerializer):
    people = serializers.CharField(allow_blank=True, default="", max_length=100_000, trim_whitespace=False)
    groups = serializers.ListField(child=serializers.UUIDField(), default=list, max_length=50)
    message = serializers.CharField(allow_blank=True, default="", max_length=10_000, trim_whitespace=False)


class GroupSerializer(serializers.Serializer[Group]):
    name = serializers.CharField(max_length=1000)
    people = serializers.CharField(allow_blank=True, default="", max_length=200_000, trim_whitespace=False)


class SharingSerializer(serializers.Serializer[Sharing]):
    stopped = serializers.BooleanField(required=False)
    values_an_hour = serializers.IntegerField(required=False, allow_null=True)


class SharingView(APIView):
    """An endpoint whose troubles are told in the words of sharing.errors."""

    parser_classes = [JSONParser]

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, errors.TooMany):
            exc = TooManyRequests(exc.message)
        elif isinstance(exc, errors.NotPossible):
            exc = Conflict(exc.message)
        elif isinstance(exc, errors.SharingError):
            exc = ValidationError({"detail": exc.message})
        response: Response = super().handle_exception(exc)
        if isinstance(exc, LoginTooOld):
            response.data["code"] = exc.default_code
        return response


# -- the owner's side


class AppSharing(SharingView):
    """The sharing of an app as a whole: stop, share again, how much may be read."""

    @extend_schema(responses=dict)
    def get(self, request: Request, app_id: uuid.UUID) -> Response:
        app, _ = app_for(request, app_id)
        return Response(_described_sharing(app))

    @extend_schema(request=SharingSerializer, responses=dict)
    def patch(self, request: Request, app_id: uuid.UUID) -> Response:
        app, _ = app_for(request, app_id)
        asked = _checked(SharingSerializer, request)
        if not asked:
            raise ValidationError("Say what to change: stopped, or values_an_hour.")
        with transaction.atomic():
            if "values_an_hour" in asked:
                require_fresh_login(request)
                deed = meter.set_limit(person(request), app, asked["values_an_hour"])
            if "stopped" in asked and not asked["stopped"]:
                require_fresh_login(request)
                deed = invitations.share_again(person(request), app)
            elif "stopped" in asked:
                deed = invitations.stop_sharing(person(request), app)
        return Response({**_described_sharing(app), **_undo_of(deed)})


class AppInvitations(SharingView):
    @extend_schema(responses=dict)
    def get(self, request: Request, app_id: uuid.UUID) -> Response:
        app, _ = app_for(request, app_id)
        return Response([_described(one) for one in invitations.invitations_of(app)])

    @extend_schema(request=InvitingSerializer, responses={201: dict})
    def post(self, request: Request, app_id: uuid.UUID) -> Response:
        """Invite everybody named in `people` (as pasted) and in the groups. All of them, or, with an error, nobody."""
        app, _ = app_for(request, app_id)
        asked = _checked(InvitingSerializer, request)
        require_fresh_login(request)
        people = read_addressees(asked["people"])
        if not people and not asked["groups"]:
            raise ValidationError("Type at least one e-mail address, or choose a group.")
        terms = {key: asked[key] for key in ("role", "message", "until")}
        with letters_after(), transaction.atomic():
            made = []
            for group_id in asked["groups"]:
                group = groups.group_of(person(request), group_id)
                made.append(groups.share_with_group(person(request), app, group, **terms))
            count = 0
            if people:
                deed, invited = invitations.invite(person(request), app, people, **terms)
                made.append(deed)
                count = len(invited)
            deed = deeds.joined(made)
        passed_over = len(people) - count
        return Response({"invited": count, "passed_over": passed_over, **_undo_of(deed)}, status.HTTP_201_CREATED)


class OneInvitation(SharingView):
    @extend_schema(request=TermsSerializer, responses=dict)
    def patch(self, request: Request, app_id: uuid.UUID, invitation_id: uuid.UUID) -> Response:
        """Another role, another end of the access."""
        invitation = _invitation(request, app_id, invitation_id)
        asked = _checked(TermsSerializer, request, partial=True)
        require_fresh_login(request)
        role = asked.get("role", invitation.role)
        until: datetime | None = asked.get("until", invitation.until)
        return Response(_undo_of(invitations.change_terms(person(request), invitation, role=role, until=until)))

    @extend_schema(responses=dict)
    def delete(self, request: Request, app_id: uuid.UUID, invitation_id: uuid.UUID) -> Response:
        """Withdraw it while it is open; end the access that it gave."""
        return Response(_undo_of(invitations.end(person(request), _invitation(request, app_id, invitation_id))))


class ResendInvitation(SharingView):
    @extend_schema(request=None, responses=dict)
    def post(self, request: Request, app_id: uuid.UUID, invitation_id: uuid.UUID) -> Response:
        invitation = _invitation(request, app_id, invitation_id)
        require_fresh_login(request)
        with letters_after():
            return Response(_undo_of(invitations.resend(person(request), invitation)))


class AppGroup(SharingView):
    @extend_schema(responses=dict)
    def delete(self, request: Request, app_id: uuid.UUID, share_id: uuid.UUID) -> Response:
        """End the sharing with a group."""
        app, _ = app_for(request, app_id)
        share = groups.shares_of(app).filter(pk=share_id).first()
        if share is None:
            raise Http404
        return Response(_undo_of(groups.unshare_with_group(person(request), share)))


class Groups(SharingView):
    @extend_schema(responses=dict)
    def get(self, request: Request) -> Response:
        return Response([_described_group(group) for group in groups.groups_of(person(request))])

    @extend_schema(request=GroupSerializer, responses={201: dict})
    def post(self, request: Request) -> Response:
        asked = _checked(GroupSerializer, request)
        deed, group = groups.create_group(person(request), asked["name"], read_addressees(asked["people"]))
        return Response({"id": str(group.pk), **_undo_of(deed)}, status.HTTP_201_CREATED)


class OneGroup(SharingView):
    @extend_schema(request=GroupSerializer, responses=dict)
    def put(self, request: Request, group_id: uuid.UUID) -> Response:
        """Another name, other members: who is new is invited to what the group has, who is gone loses it."""
        group = _group(request, group_id)
        asked = _checked(GroupSerializer, request)
        require_fresh_login(request)
        with letters_after():
            people = read_addressees(asked["people"])
            return Response(_undo_of(groups.change_group(person(request), group, asked["name"], people)))

    @extend_schema(responses=dict)
    def delete(self, request: Request, group_id: uuid.UUID) -> Response:
        return Response(_undo_of(groups.delete_group(person(request), _group(request, group_id))))


# -- the invitee's side


class MyInvitations(SharingView):
    @extend_schema(responses=dict)
    def get(self, request: Request) -> Response:
        """Invitations that wait for an answer."""
        waiting = invitations.waiting_for(person(request))
        return Response([_described_waiting(one) for one in waiting])


class SeenInvitations(SharingView):
    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        """The signed-in person has the waiting invitations before him."""
        for invitation in invitations.waiting_for(person(request)):
            with contextlib.suppress(errors.NotPossible):  # it has just changed
                invitations.see(person(request), invitation)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Accept(SharingView):
    @extend_schema(request=None, responses=dict)
    def post(self, request: Request, invitation_id: uuid.UUID) -> Response:
        invitation = _own_invitation(request, invitation_id)
        deed = invitations.accept(person(request), invitation)
        return Response({"app": str(invitation.app_id), **_undo_of(deed)})


class Decline(SharingView):
    @extend_schema(request=None, responses=dict)
    def post(self, request: Request, invitation_id: uuid.UUID) -> Response:
        return Response(_undo_of(invitations.decline(person(request), _own_invitation(request, invitation_id))))


class MyAccess(SharingView):
    @extend_schema(responses=dict)
    def delete(self, request: Request, app_id: uuid.UUID) -> Response:
        """Leave an app of somebody else."""
        app, _ = app_for(request, app_id)
        return Response(_undo_of(invitations.leave(person(request), app.pk)))


class UndoDeed(SharingView):
    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, deed_id: uuid.UUID) -> Response:
        deeds.undo(person(request), deed_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


# -- what they share


@contextlib.contextmanager
def letters_after() -> Iterator[None]:
    """Have the letters that the block posts sent at once; where no worker can be told, the schedule sends them."""
    yield
    transaction.on_commit(tasks.deliver_letters.delay, robust=True)


def _invitation(request: Request, app_id: uuid.UUID, invitation_id: uuid.UUID) -> Invitation:
    app, _ = app_for(request, app_id)
    invitation = invitations.invitations_of(app).filter(pk=invitation_id).first()
    if invitation is None:
        raise Http404
    return invitation


def _own_invitation(request: Request, invitation_id: uuid.UUID) -> Invitation:
    invitation = invitations.find_for(person(request), invitation_id)
    if invitation is None:
        raise Http404
    return invitation


def _group(request: Request, group_id: uuid.UUID) -> Group:
    group = groups.groups_of(person(request)).filter(pk=group_id).first()
    if group is None:
        raise Http404
    return group


def _checked(kind: type[serializers.Serializer[Any]], request: Request, *, partial: bool = False) -> dict[str, Any]:
    asked = kind(data=request.data, partial=partial)
    asked.is_valid(raise_exception=True)
    found: dict[str, Any] = asked.validated_data
    return found


def _undo_of(deed: Deed) -> dict[str, Any]:
    return {"undo": str(deed.pk), "undo_seconds": settings.UNDO_SECONDS}


def _described(invitation: Invitation) -> dict[str, Any]:
    return {
        "id": str(invitation.pk),
        "address": invitation.address,
        "name": invitation.name,
        "role": invitation.role,
        "state": invitation.state,
        "created": invitation.created,
        "until": invitation.until,
    }


def _described_waiting(invitation: Invitation) -> dict[str, Any]:
    app = invitation.app
    return {"id": str(invitation.pk), "title": app.title, "owner": app.owner.email, "role": invitation.role}


def _described_group(group: Group) -> dict[str, Any]:
    people = [{"address": member.address, "name": member.name} for member in group.people]  # type: ignore[attr-defined]
    return {"id": str(group.pk), "name": group.name, "people": people}


def _described_sharing(app: App) -> dict[str, Any]:
    sharing = Sharing.objects.filter(app=app).first()
    chosen = sharing.values_an_hour if sharing else None
    groups_of_app = [_described_share(share) for share in groups.shares_of(app)]
    return {"stopped": bool(sharing and sharing.stopped), "values_an_hour": chosen, "groups": groups_of_app}


def _described_share(share: GroupShare) -> dict[str, Any]:
    return {"id": str(share.pk), "group": str(share.group_id), "name": share.group.name, "role": share.role}
