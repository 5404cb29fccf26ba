"""allauth's hook: addresses in their stored form, a personal tenant for everyone, links from the configured host."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse

from accounts.addresses import stored_form
from accounts.models import Tenant, User


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
