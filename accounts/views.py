"""The API-key page. Making or revoking a key asks for a fresh log-in first."""

from __future__ import annotations

from allauth.account.decorators import reauthentication_required
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.api_keys import create_api_key, revoke_api_key
from accounts.forms import ApiKeyForm
from accounts.http import SignedInRequest
from security.audit import record


@login_required
@require_GET
def api_keys(request: SignedInRequest) -> HttpResponse:
    return _page(request, ApiKeyForm())


@never_cache
@reauthentication_required
@require_http_methods(["GET", "POST"])
def api_key_create(request: SignedInRequest) -> HttpResponse:
    form = ApiKeyForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, form)
    key, text = create_api_key(request.user, form.cleaned_data["name"], form.cleaned_data["expires_in_days"])
    record(request.user.tenant_id, "api_key.created", actor=str(request.user.pk), subject=str(key.pk))
    return _page(request, ApiKeyForm(), new_key=text)


@reauthentication_required
@require_POST
def api_key_revoke(request: SignedInRequest, key_id: str) -> HttpResponse:
    revoke_api_key(request.user, key_id)
    record(request.user.tenant_id, "api_key.revoked", actor=str(request.user.pk), subject=str(key_id))
    return redirect("api_keys")


def _page(request: SignedInRequest, form: ApiKeyForm, new_key: str = "") -> HttpResponse:
    keys = request.user.api_keys.all()
    return render(request, "accounts/api_keys.html", {"keys": keys, "form": form, "new_key": new_key})
