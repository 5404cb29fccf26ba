"""Pages of one app: the workspace, and who can see it; and whether the server is well."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET

from accounts.http import SignedInRequest
from hub.rights import RIGHTS
from hub.who import overview
from sharing.access import Level
from sharing.doors import app_for


@never_cache
@require_GET
def health(request: SignedInRequest) -> HttpResponse:
    """200 when this process answers and reaches its database; for proxies and start-up scripts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


@login_required
@ensure_csrf_cookie
@never_cache
@require_GET
def workspace(request: SignedInRequest, app_id: uuid.UUID) -> HttpResponse:
    app, level = app_for(request, app_id)
    context = {
        "app_id": str(app.pk),
        "app_title": app.title,
        "socket_path": f"/app/{app.pk}",
        "level": RIGHTS[level].level,
        "can_publish": level >= Level.OWN and bool(settings.PUBLIC_URL),
        "user_email": request.user.email,
    }
    return render(request, "hub/workspace.html", context)


@login_required
@ensure_csrf_cookie
@never_cache
@require_GET
def who_can_see(request: SignedInRequest, app_id: uuid.UUID) -> HttpResponse:
    """Every person, group and link that reaches the app; sharing, and ending it."""
    app, _ = app_for(request, app_id)
    return render(request, "sharing/who_can_see.html", {"seen": overview(request.user, app)})
