"""What gives others access wants a person who has logged in not long ago, not only a cookie that is weeks old (T17)."""

from __future__ import annotations

import time

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from accounts.api_keys import BearerAuthentication


class LoginTooOld(APIException):
    status_code = 403
    default_code = "login_too_old"
    default_detail = "Confirm that it is you: enter your password again, then share."


def require_fresh_login(request: Request) -> None:
    """LoginTooOld unless the log-in is recent, or an API key speaks: making one asks for the password itself."""
    if isinstance(request.successful_authenticator, BearerAuthentication):
        return
    records = get_authentication_records(request._request, request.user)
    newest = max((record.get("at", 0) for record in records), default=0)
    if time.time() - newest > settings.SHARING_LOGIN_SECONDS:
        raise LoginTooOld
