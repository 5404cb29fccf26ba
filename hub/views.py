"""The pages of the Hub: the lobby, and the page on which a new app takes shape."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET

from accounts.http import SignedInRequest
from hub.drafts import drafts_of
from hub.lobby import lobby_for


@login_required
@ensure_csrf_cookie
@never_cache
@require_GET
def lobby(request: SignedInRequest) -> HttpResponse:
    seen = lobby_for(request.user, request.GET.get("search", ""))
    return render(request, "hub/lobby.html", {"lobby": seen, "upload_max": settings.UPLOAD_MAX_BYTES})


@login_required
@ensure_csrf_cookie
@never_cache
@require_GET
def new_app(request: SignedInRequest, draft_id: uuid.UUID) -> HttpResponse:
    draft = drafts_of(request.user).filter(pk=draft_id).first()
    if draft is None:
        raise Http404
    return render(request, "hub/new_app.html", {"draft": draft})
