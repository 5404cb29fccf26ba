"""REST: apps, data files, drafts, for our pages and API keys. Rights stand in hub.urls; all else is one's own."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterator
from typing import Any, cast
from urllib.parse import unquote

from django.conf import settings
from django.db import transaction
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.parsers import BaseParser, JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from engine import EngineError
from hub import drafts, tasks, workshop
from hub.models import Draft
from hub.rights import RIGHTS
from sharing.access import Level, apps_shared_with
from sharing.doors import app_for, person
from storage import library
from storage.backends import StoreTrouble
from storage.models import App, DataFile
from storage.quotas import QuotaExceeded

PIECE_BYTES = 1024 * 1024


class Unavailable(APIException):
    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_detail = "The object store does not answer. Nothing was kept; try again in a minute."


class AnyBody(BaseParser):
    """Leaves the body alone, whatever it is: the view reads it in pieces."""

    media_type = "*/*"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        return None


class AppSerializer(serializers.ModelSerializer[App]):
    title = serializers.CharField()

    class Meta:
        model = App
        fields = ["id", "title", "size", "created", "modified"]
        read_only_fields = ["id", "size", "created", "modified"]


class FileSerializer(serializers.ModelSerializer[DataFile]):
    name = serializers.CharField()

    class Meta:
        model = DataFile
        fields = ["id", "name", "size", "created"]


class DraftSerializer(serializers.Serializer[Draft]):
    files = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=200)
    title = serializers.CharField(max_length=library.MAX_NAME, required=False, default="")


class TitleSerializer(serializers.Serializer[App]):
    title = serializers.CharField(allow_blank=True, trim_whitespace=False)


class Apps(APIView):
    @extend_schema(responses=AppSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Apps of one's own, then those that others share with one."""
        own = [described_app(app, Level.OWN) for app in library.apps_of(person(request))]
        shared = [described_app(one.app, one.level) for one in apps_shared_with(person(request))]
        return Response(own + shared)


class OneApp(APIView):
    @extend_schema(responses=AppSerializer)
    def get(self, request: Request, app_id: uuid.UUID) -> Response:
        return Response(described_app(*app_for(request, app_id)))

    @extend_schema(request=TitleSerializer, responses=AppSerializer)
    def patch(self, request: Request, app_id: uuid.UUID) -> Response:
        app, _ = app_for(request, app_id)
        with named():
            library.rename_app(app, title_in(request))
        return Response(described_app(app, Level.OWN))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, app_id: uuid.UUID) -> Response:
        workshop.delete_app(app_for(request, app_id)[0], person(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class RestoreApp(APIView):
    @extend_schema(request=None, responses=AppSerializer)
    def post(self, request: Request, app_id: uuid.UUID) -> Response:
        app = library.restore_app(person(request), app_id)
        if app is None:
            raise Http404
        return Response(described_app(app, Level.OWN))


class Files(APIView):
    parser_classes = [AnyBody]

    @extend_schema(responses=FileSerializer(many=True))
    def get(self, request: Request) -> Response:
        return Response(FileSerializer(library.files_of(person(request)), many=True).data)

    @extend_schema(request={"application/octet-stream": bytes}, responses={201: FileSerializer})
    def post(self, request: Request) -> Response:
        """The body is the file; the header X-File-Name holds its name, percent-encoded."""
        name = unquote(request.headers.get("X-File-Name", ""))
        try:
            length = int(request.headers.get("Content-Length", ""))
        except ValueError:
            raise ValidationError("Send the file's length in Content-Length.") from None
        if length > settings.UPLOAD_MAX_BYTES:
            raise ValidationError(
                f"{name} has {length / 2**30:.1f} GB; a file may have {settings.UPLOAD_MAX_BYTES / 2**30:.1f} GB. "
                "Split it, or save it as Parquet, which is smaller."
            )
        try:
            with named():
                file = library.add_file(person(request), name, pieces_of(request, length))
        except StoreTrouble:
            raise Unavailable from None
        return Response(FileSerializer(file).data, status=status.HTTP_201_CREATED)


class OneFile(APIView):
    @extend_schema(responses={204: None})
    def delete(self, request: Request, file_id: uuid.UUID) -> Response:
        file = library.files_of(person(request)).filter(pk=file_id).first()
        if file is None:
            raise Http404
        library.delete_file(file, person(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class Drafts(APIView):
    parser_classes = [JSONParser]

    @extend_schema(request=DraftSerializer, responses={201: dict})
    def post(self, request: Request) -> Response:
        asked = DraftSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        with transaction.atomic():
            draft = drafts.start_draft(person(request), asked.validated_data["files"], asked.validated_data["title"])
            transaction.on_commit(lambda: tasks.read_draft.delay(str(draft.pk)))
        return Response(described(draft), status=status.HTTP_201_CREATED)


class OneDraft(APIView):
    @extend_schema(responses=dict)
    def get(self, request: Request, draft_id: uuid.UUID) -> Response:
        return Response(described(draft_for(request, draft_id)))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, draft_id: uuid.UUID) -> Response:
        drafts.forget_draft(draft_for(request, draft_id))
        return Response(status=status.HTTP_204_NO_CONTENT)


class DraftPlan(APIView):
    parser_classes = [JSONParser]

    @extend_schema(request=dict, responses=dict)
    def put(self, request: Request, draft_id: uuid.UUID) -> Response:
        """The body is the whole plan: {table: {field: new name or null}}, {table: null}."""
        draft = draft_for(request, draft_id, Draft.State.READY)
        try:
            drafts.change_plan(draft, checked_plan(request.data))
        except EngineError as error:
            raise ValidationError(error.message) from None
        return Response(described(draft))


class DraftCreation(APIView):
    parser_classes = [JSONParser]

    @extend_schema(request=TitleSerializer, responses={202: dict})
    def post(self, request: Request, draft_id: uuid.UUID) -> Response:
        with transaction.atomic():
            draft = draft_for(request, draft_id, Draft.State.READY)
            with named():
                drafts.begin_creating(draft, title_in(request))
            transaction.on_commit(lambda: tasks.create_from_draft.delay(str(draft.pk)))
        return Response(described(draft), status=status.HTTP_202_ACCEPTED)


def described_app(app: App, level: Level) -> dict[str, Any]:
    return {**AppSerializer(app).data, "level": RIGHTS[level].level, "owner": app.owner.email}


def title_in(request: Request) -> str:
    asked = TitleSerializer(data=request.data)
    asked.is_valid(raise_exception=True)
    return str(asked.validated_data["title"])


def draft_for(request: Request, draft_id: uuid.UUID, state: str | None = None) -> Draft:
    draft = drafts.drafts_of(person(request)).filter(pk=draft_id).first()
    if draft is None:
        raise Http404
    if state is not None and draft.state != state:
        raise ValidationError(f"This is not possible now: the draft is {draft.state}.")
    return cast(Draft, draft)


def described(draft: Draft) -> dict[str, Any]:
    content = draft.content
    return {
        "id": str(draft.pk),
        "state": draft.state,
        "progress": draft.progress,
        "app": str(draft.app_id) if draft.app_id else None,
        **{key: content[key] for key in ("title", "step", "problem", "notes", "plan", "profile")},
    }


def checked_plan(data: Any) -> dict[str, Any]:
    """`data` if it has the form of a plan."""
    is_plan = isinstance(data, dict) and all(
        changes is None
        or (isinstance(changes, dict) and all(to is None or isinstance(to, str) for to in changes.values()))
        for changes in data.values()
    )
    if not is_plan:
        raise ValidationError("A plan is an object of tables, each null or an object of fields.")
    return cast(dict[str, Any], data)


def pieces_of(request: Request, length: int) -> Iterator[bytes]:
    """The body in pieces. A client that leaves early looks like a short body: refused, so that nothing is kept."""
    body, left = request._request, length
    while left and (piece := body.read(min(PIECE_BYTES, left))):
        left -= len(piece)
        yield piece
    if left:
        raise ValidationError("The upload ended early. Nothing was kept; send the file again.")


@contextlib.contextmanager
def named() -> Iterator[None]:
    """A bad name, or no room left, as a 400 with the sentence that says what is wrong."""
    try:
        yield
    except (library.BadName, QuotaExceeded) as error:
        raise ValidationError(str(error)) from None
