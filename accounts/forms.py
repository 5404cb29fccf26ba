"""allauth's forms with our address field, and the form of an API key."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as allauth_forms
from django import forms

from accounts.addresses import stored_form
from accounts.api_keys import DEFAULT_DAYS
from accounts.people import drop_unverified


class AddressField(forms.CharField):
    """An e-mail address, brought to its stored form before anything lower-cases or compares it."""

    widget = forms.EmailInput(attrs={"autocomplete": "email"})

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        return stored_form(text) if text else ""


class StoredAddressMixin:
    """Puts an AddressField where allauth has a field that folds case by itself."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, forms.Field] = self.fields  # type: ignore[attr-defined]
        for name in ("email", "login"):
            if name in fields:
                fields[name] = AddressField(label="E-mail address", max_length=254)


class SignupForm(StoredAddressMixin, allauth_forms.SignupForm):
    def clean_email(self) -> str:
        drop_unverified(self.cleaned_data["email"])
        return super().clean_email()


class LoginForm(StoredAddressMixin, allauth_forms.LoginForm):
    """Like the sign-up form it takes a first proposal of the address from the query."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].initial = self.request.GET.get("email", "") if self.request else ""


class ResetPasswordForm(StoredAddressMixin, allauth_forms.ResetPasswordForm):
    pass


class AddEmailForm(StoredAddressMixin, allauth_forms.AddEmailForm):
    pass


class ApiKeyForm(forms.Form):
    name = forms.CharField(max_length=100, label="Name", help_text="What will use this key?")
    expires_in_days = forms.IntegerField(
        min_value=1, max_value=366, initial=DEFAULT_DAYS, label="Days until it expires"
    )
