"""People: make one, find one, ask which addresses are verified."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.db import transaction

from accounts.addresses import stored_form
from accounts.models import Tenant, User


@transaction.atomic
def create_person(email: str, password: str) -> User:
    """A person with a verified address and a personal tenant, as an operator makes one."""
    address = stored_form(email)
    user = User(email=address, tenant=Tenant.objects.create())
    user.set_password(password)
    user.save()
    EmailAddress.objects.create(user=user, email=address, verified=True, primary=True)
    return user


def find_person(email: str) -> User | None:
    """The person who has `email` verified, None if nobody has."""
    address = EmailAddress.objects.filter(email=stored_form(email), verified=True).select_related("user").first()
    return address.user if address else None


def verified_emails(user: User) -> set[str]:
    return set(EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True))


@transaction.atomic
def drop_unverified(email: str) -> None:
    """Forget an account that claimed `email` (stored form) and never verified any address.

    It blocks the true owner otherwise; nobody can have been in it (log-in needs a verified address).
    """
    user = User.objects.filter(email=email, last_login=None).first()
    if user is not None and not verified_emails(user):
        tenant = user.tenant
        user.delete()
        tenant.delete()
