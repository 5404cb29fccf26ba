"""allauth's hooks: addresses in their stored form, a personal tenant for everyone, links from the configured host,
secrets of second factors sealed by the tenant's key."""

from __future__ import annotations

import base64
import uuid
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse

from accounts.addresses import stored_form
from accounts.models import Tenant, User
from security.keys import seal_text, unseal_text


class AccountAdapter(DefaultAccountAdapter):
    def clean_email(self, email: str) -> str:
        return stored_form(email)

    @transaction.atomic
    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        user.tenant = Tenant.objects.create()
        return super().save_user(request, user, form, commit)

    def get_reset_password_from_key_url(self, key: str) -> str:
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return settings.SITE_URL + path.replace("UID-KEY", key)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        # Never the request's Host header: a forged one would put a stranger's address into our mail.
        site = {"name": settings.PRODUCT_NAME, "domain": urlsplit(settings.SITE_URL).netloc}
        ours = {"current_site": site, "site_url": settings.SITE_URL, "product_name": settings.PRODUCT_NAME}
        super().send_mail(template_prefix, email, {**context, **ours})


class MFAAdapter(DefaultMFAAdapter):
    """A secret is asked for again before anybody is signed in, so the tenant's id stands before the sealed text."""

    CONTEXT = "second factor"

    def encrypt(self, text: str) -> str:
        tenant = context.request.user.tenant_id
        return f"{tenant}.{base64.b64encode(seal_text(tenant, text, self.CONTEXT)).decode()}"

    def decrypt(self, encrypted_text: str) -> str:
        tenant, _, sealed = encrypted_text.partition(".")
        return unseal_text(uuid.UUID(tenant), base64.b64decode(sealed), self.CONTEXT)
