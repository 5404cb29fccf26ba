"""Groups: a named set of addresses. An app shared with a group invites each member, also those who come later.

Members accept for themselves. Whoever is taken out of a group loses what he had by it; a group that goes takes all of
it along.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from accounts.people import verified_emails
from sharing.addressees import Addressee
from sharing.deeds import Doing, doing
from sharing.errors import BadRequest, NotPossible, TooMany
from sharing.invitations import add_invitations, check_until, end_within, is_stopped, require_shared
from sharing.models import Deed, Group, GroupMember, GroupShare, Invitation, Role
from sharing.states import ALIVE
from storage.library import BadName, clean_name
from storage.models import App

if TYPE_CHECKING:
    from accounts.models import User

MOST_GROUPS = 200
MOST_MEMBERS = 1000


def groups_of(owner: User) -> QuerySet[Group]:
    """The person's groups with their members, the oldest first."""
    members = Prefetch("members", GroupMember.objects.filter(ended=None).select_related("group"), to_attr="people")
    found = Group.objects.filter(tenant_id=owner.tenant_id, owner=owner, ended=None)
    return found.prefetch_related(members).order_by("created")


def shares_of(app: App) -> QuerySet[GroupShare]:
    """The groups that an app is shared with."""
    return GroupShare.objects.filter(app=app, ended=None, group__ended=None).select_related("group").order_by("created")


def create_group(owner: User, name: str, people: Iterable[Addressee]) -> tuple[Deed, Group]:
    if groups_of(owner).count() >= MOST_GROUPS:
        raise TooMany(f"You have {MOST_GROUPS} groups, which is the limit. Delete some first.")
    group = Group(tenant_id=owner.tenant_id, owner=owner)
    group.name = _name(name)
    with doing(owner, "group.created", owner.tenant_id, str(group.pk), []) as done:
        group.save(force_insert=True)
        done.made(group, ended=done.deed.at)
        _add_members(done, group, people)
        done.audit("group.created", group.pk)
    return done.deed, group


def change_group(owner: User, group: Group, name: str, people: Iterable[Addressee]) -> Deed:
    """Give a group this name and these members: who is new is invited, who is gone loses what he had by the group."""
    wanted = {person.address: person for person in people}
    shares = list(group.shares.filter(ended=None))
    with doing(owner, "group.changed", group.tenant_id, str(group.pk), (share.app_id for share in shares)) as done:
        had = {member.address: member for member in group.members.filter(ended=None).select_related("group")}
        if _name(name) != group.name:
            renamed = Group(pk=group.pk, tenant_id=group.tenant_id)
            renamed.name = _name(name)
            done.change(group, sealed_name=renamed.sealed_name)
        for address in had.keys() - wanted.keys():
            done.change(had[address], ended=done.deed.at)
            for invitation in Invitation.objects.filter(share__in=shares, address=address, state__in=ALIVE):
                end_within(done, invitation)
        new = [wanted[address] for address in wanted if address not in had]
        _add_members(done, group, new)
        for share in shares:
            if not is_stopped(share.app):
                _invite(done, share, new)
        done.audit("group.changed", group.pk)
    return done.deed


def delete_group(owner: User, group: Group) -> Deed:
    shares = list(group.shares.filter(ended=None))
    with doing(owner, "group.deleted", group.tenant_id, str(group.pk), (share.app_id for share in shares)) as done:
        done.change(group, ended=done.deed.at)
        for share in shares:
            _end_share(done, share)
        done.audit("group.deleted", group.pk)
    return done.deed


def share_with_group(
    owner: User, app: App, group: Group, *, role: str = Role.VIEWER, message: str = "", until: datetime | None = None
) -> Deed:
    """Invite everybody who is in the group; those who are invited already, or have access, are passed over."""
    check_until(until)
    with _about(owner, "group.shared", app, group) as done:
        require_shared(app)
        share = GroupShare.objects.filter(group=group, app=app, ended=None).first()
        if share is None:
            share = GroupShare.objects.create(group=group, app=app, role=Role(role), until=until)
            done.made(share, ended=done.deed.at)
        members = group.members.filter(ended=None).select_related("group")
        _invite(done, share, [Addressee(member.address, member.name) for member in members], message)
        done.audit("group.shared", app.pk, str(group.pk))
    return done.deed


def unshare_with_group(owner: User, share: GroupShare) -> Deed:
    """End the sharing with a group, and whatever its members have by it."""
    with _about(owner, "group.unshared", share.app, share.group) as done:
        _end_share(done, share)
        done.audit("group.unshared", share.app_id, str(share.group_id))
    return done.deed


def _about(owner: User, action: str, app: App, group: Group) -> AbstractContextManager[Doing]:
    return doing(owner, action, app.tenant_id, str(group.pk), [app.pk])


def _end_share(done: Doing, share: GroupShare) -> None:
    done.change(share, ended=done.deed.at)
    for invitation in share.invitations.filter(state__in=ALIVE):
        end_within(done, invitation)


def _invite(done: Doing, share: GroupShare, people: Iterable[Addressee], message: str = "") -> None:
    if share.until is not None and share.until <= timezone.now():
        return
    own = verified_emails(share.app.owner)
    others = [person for person in people if person.address not in own]
    add_invitations(done, share.app, others, role=share.role, message=message, until=share.until, share=share)


def _add_members(done: Doing, group: Group, people: Iterable[Addressee]) -> None:
    new = list(people)
    if group.members.filter(ended=None).count() + len(new) > MOST_MEMBERS:
        raise TooMany(f"A group has at most {MOST_MEMBERS} members.")
    for person in new:
        member = GroupMember(id=uuid.uuid4(), group=group, address=person.address)
        member.name = person.name
        member.save(force_insert=True)
        done.made(member, ended=done.deed.at)


def _name(name: str) -> str:
    try:
        return clean_name(name)
    except BadName as error:
        raise BadRequest(str(error)) from None


def group_of(owner: User, group_id: uuid.UUID) -> Group:
    """The person's group of this id. NotPossible if there is none."""
    group = groups_of(owner).filter(pk=group_id).first()
    if group is None:
        raise NotPossible("There is no such group any more.")
    return group
