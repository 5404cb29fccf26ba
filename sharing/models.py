"""Who may open what: invitations and what became of them, groups, mails to send, deeds that can be undone.

An accepted invitation *is* the grant: one row with one state cannot disagree with itself. Addresses stand in their
stored form (accounts.addresses) and are compared byte by byte. Names and messages are content, and sealed.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.db.models import Q

from security.keys import seal_text, unseal_text
from sharing.states import ALIVE, State


class Role(models.TextChoices):
    VIEWER = "viewer", "Viewer"
    EDITOR = "editor", "Editor"


NO_LINK = ""
"""The token hash of an invitation whose link is dead, or not made yet."""


class SealedText:
    """A text of a row's tenant, kept in a binary field beside it and bound to the row."""

    def __init__(self, field: str) -> None:
        self.field = field

    def __get__(self, row: Any, owner: type | None = None) -> str:
        if row is None:
            return self  # type: ignore[return-value]
        sealed = bytes(getattr(row, self.field))
        return unseal_text(row.tenant_id, sealed, f"{self.field} {row.pk}") if sealed else ""

    def __set__(self, row: Any, text: str) -> None:
        setattr(row, self.field, seal_text(row.tenant_id, text, f"{self.field} {row.pk}") if text else b"")


class Sharing(models.Model):
    """An app's sharing as a whole; an app without a row has never changed anything of it."""

    app = models.OneToOneField("storage.App", primary_key=True, on_delete=models.CASCADE, related_name="sharing")
    stopped = models.DateTimeField(null=True, help_text="since when nobody but the owner has access")
    values_an_hour = models.PositiveIntegerField(null=True, help_text="what a viewer may read; none: the default")

    def __str__(self) -> str:
        return str(self.pk)


class Group(models.Model):
    """A named set of addresses of one owner."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tenant = models.ForeignKey("accounts.Tenant", on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    sealed_name = models.BinaryField(default=bytes)
    created = models.DateTimeField(auto_now_add=True)
    ended = models.DateTimeField(null=True)

    name = SealedText("sealed_name")

    def __str__(self) -> str:
        return str(self.pk)


class GroupMember(models.Model):
    """An address in a group."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="members")
    address = models.EmailField(max_length=254)
    sealed_name = models.BinaryField(default=bytes, help_text="what the owner calls the person")
    ended = models.DateTimeField(null=True)

    name = SealedText("sealed_name")

    class Meta:
        ordering = ["address"]
        constraints = [
            models.UniqueConstraint(fields=["group", "address"], condition=Q(ended=None), name="once_in_a_group")
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def tenant_id(self) -> uuid.UUID:
        return self.group.tenant_id


class GroupShare(models.Model):
    """An app that is shared with a group: whoever is in it, or comes to it, is invited."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="shares")
    app = models.ForeignKey("storage.App", on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=6, choices=Role.choices)
    until = models.DateTimeField(null=True)
    created = models.DateTimeField(auto_now_add=True)
    ended = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "app"], condition=Q(ended=None), name="a_group_once_an_app")
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Invitation(models.Model):
    """An address invited to an app. While it is ACCEPTED, `taken_by` has access, as long as the address is his."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tenant = models.ForeignKey("accounts.Tenant", on_delete=models.PROTECT, related_name="+")
    app = models.ForeignKey("storage.App", on_delete=models.CASCADE, related_name="invitations")
    address = models.EmailField(max_length=254, db_index=True)
    role = models.CharField(max_length=6, choices=Role.choices)
    state = models.CharField(max_length=13, choices=State.choices, default=State.PENDING)
    share = models.ForeignKey(GroupShare, null=True, on_delete=models.SET_NULL, related_name="invitations")
    sealed_name = models.BinaryField(default=bytes, help_text="what the owner calls the person")
    sealed_message = models.BinaryField(default=bytes)
    token_hash = models.CharField(max_length=64, default=NO_LINK, help_text="of the link in the newest mail")
    answer_until = models.DateTimeField()
    until = models.DateTimeField(null=True, help_text="when the access ends; none: when it is ended")
    created = models.DateTimeField(auto_now_add=True)
    changed = models.DateTimeField(auto_now_add=True, help_text="when it came into its state")
    taken_by = models.ForeignKey("accounts.User", null=True, on_delete=models.CASCADE, related_name="+")

    name = SealedText("sealed_name")
    message = SealedText("sealed_message")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["app", "address"], condition=Q(state__in=sorted(ALIVE)), name="one_invitation_alive"
            ),
            models.UniqueConstraint(
                fields=["token_hash"], condition=~Q(token_hash=NO_LINK), name="one_invitation_a_link"
            ),
            models.CheckConstraint(
                condition=~Q(state=State.ACCEPTED) | Q(taken_by__isnull=False), name="accepted_by_somebody"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Letter(models.Model):
    """A mail to send about an invitation. What is not sent and not given up is due at `next_try`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, related_name="letters")
    created = models.DateTimeField(auto_now_add=True)
    next_try = models.DateTimeField(null=True, help_text="none: nothing is left to be done")
    tries = models.PositiveIntegerField(default=0)
    sent = models.DateTimeField(null=True)
    failure = models.CharField(max_length=200, default="", help_text="why it was given up, in words of our own")

    class Meta:
        indexes = [
            models.Index(fields=["next_try"], name="letters_due"),
            models.Index(fields=["created"], name="letters_of_a_day"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Deed(models.Model):
    """Something a person did, as the fields of rows before and after it, so that it can be undone for a while."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tenant_id = models.UUIDField()
    actor = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    action = models.CharField(max_length=40)
    subject = models.CharField(max_length=64)
    at = models.DateTimeField()
    apps = models.JSONField(default=list, help_text="ids of the apps whose rights it changed")
    changes = models.JSONField(default=list)
    undone = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.action} {self.pk}"


class Reading(models.Model):
    """How many values of an app a person has read in an hour."""

    app = models.ForeignKey("storage.App", on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    hour = models.DateTimeField()
    amount = models.PositiveBigIntegerField(default=0)
    stopped = models.BooleanField(default=False, help_text="the limit was met, and the owner was told")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["app", "user", "hour"], name="one_reading_an_hour")]

    def __str__(self) -> str:
        return str(self.pk)
