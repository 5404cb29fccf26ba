"""Two pages without a form: the workspace of an app, and whether the server is well."""

from __future__ import annotations

import uuid

from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET

from accounts.http import SignedInRequest
from sharing.access import Level, NoAccess, access_app


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
    try:
        app, level = access_app(request.user, app_id, Level.VIEW)
    except NoAccess:
        raise Http404 from None
    context = {
        "app_id": str(app.pk),
        "app_title": app.title,
        "socket_path": f"/app/{app.pk}",
        "can_edit": level >= Level.EDIT,
        "user_email": request.user.email,
    }
    return render(request, "hub/workspace.html", context)
