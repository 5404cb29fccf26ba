"""Fifty people and an owner at the same moment: real processes, real threads, on PostgreSQL. Prints a history.

    python -m tests.production.racers ROUNDS     (with the environment of the installation to be raced on)

A round is one kind of race on one fresh invitation, begun at a barrier. Each line of the history is JSON: what was
invoked, when it began and ended (CLOCK_MONOTONIC, which all processes share), and what came of it. Nothing is judged
here: `tests.production.test_races` does that afterwards.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
import threading
import time
from typing import Any

PROCESSES, THREADS = 5, 10

RACES: dict[str, list[str]] = {
    "double accept": ["accept"],
    "accept against revoke": ["accept", "accept", "end", "open"],
    "accept against stop": ["accept", "accept", "stop", "open"],
    "decline against accept": ["decline", "accept", "open"],
    "resend against accept": ["resend", "accept", "withdraw then open"],
    "stop against open": ["open", "open", "open", "stop"],
    "undo against unshare": ["leave then undo", "leave then undo", "open", "unshare"],
    "forwarded against accept": ["accept", "accept by another", "decline by another", "open by another"],
    "lost address against accept": ["accept", "accept", "open", "lose address then open"],
}
"""What the threads do, in turn."""

ROLES = ("owner", "invitee", "another")
"""The last one has got the invitee's link."""

ACCEPTED_BEFORE = {"stop against open", "undo against unshare"}
"""Races that begin with an accepted invitation; in the second one it came by a group."""


def act(what: str, round_: dict[str, str]) -> None:
    """One thread's deed. Raises SharingError or NoAccess when it is refused."""
    from allauth.account.models import EmailAddress

    from accounts.models import User
    from sharing import deeds, groups, invitations
    from sharing.access import Level, access_app
    from sharing.errors import NotPossible
    from sharing.models import Invitation
    from storage.models import App

    invitation = Invitation.objects.get(pk=round_["invitation"])
    app, owner = App.objects.get(pk=round_["app"]), User.objects.get(pk=round_["owner"])
    invitee = User.objects.get(pk=round_["another" if what.endswith("by another") else "invitee"])
    what = what.removesuffix(" by another")
    if what == "accept":
        invitations.accept(invitee, invitation)
    elif what == "decline":
        invitations.decline(invitee, invitation)
    elif what == "end":
        invitations.end(owner, invitation)
    elif what == "resend":
        invitations.resend(owner, invitation)
    elif what == "stop":
        invitations.stop_sharing(owner, app)
    elif what == "leave then undo":
        deeds.undo(invitee, invitations.leave(invitee, app.pk).pk)
    elif what == "unshare":
        share = groups.shares_of(app).first()
        if share is None:
            raise NotPossible("It is shared with no group any more.")
        groups.unshare_with_group(owner, share)
    elif what == "open":
        access_app(invitee, app.pk, Level.VIEW)
    elif what == "withdraw then open":
        invitations.end(owner, invitation)
        access_app(invitee, app.pk, Level.VIEW)
    elif what == "lose address then open":
        EmailAddress.objects.filter(user=invitee).update(verified=False)
        access_app(invitee, app.pk, Level.VIEW)


def run(what: str, round_: dict[str, str]) -> dict[str, Any]:
    from sharing.access import NoAccess
    from sharing.errors import SharingError

    began = time.monotonic()
    try:
        act(what, round_)
        outcome = "ok"
    except (SharingError, NoAccess):
        outcome = "refused"
    return {"round": round_["name"], "what": what, "began": began, "ended": time.monotonic(), "outcome": outcome}


def racer(number: int, barrier: Any, rounds: Any, history: Any) -> None:
    """One process: its threads do their part of every round."""
    import django
    from django.db import connection

    django.setup()
    start = threading.Barrier(THREADS + 1)
    current: dict[str, str] = {}
    lines: list[dict[str, Any]] = []

    def part(thread: int) -> None:
        connection.ensure_connection()
        while True:
            start.wait()
            if not current:
                connection.close()
                return
            deeds = RACES[current["race"]]
            lines.append(run(deeds[(number * THREADS + thread) % len(deeds)], current))
            start.wait()

    threads = [threading.Thread(target=part, args=(thread,)) for thread in range(THREADS)]
    for thread in threads:
        thread.start()
    while True:
        current.clear()
        current.update(rounds[number].get())
        barrier.wait()
        start.wait()
        if not current:
            break
        start.wait()
        history.put(list(lines))
        lines.clear()
    for thread in threads:
        thread.join()


def prepare(race: str, number: int, people: dict[str, Any]) -> dict[str, str]:
    """A fresh app with one invitation to it."""
    from allauth.account.models import EmailAddress

    from sharing import groups, invitations
    from sharing.addressees import Addressee
    from sharing.models import Invitation, Letter
    from tests.sharing.conftest import quick_app

    owner, invitee = people["owner"], people["invitee"]
    EmailAddress.objects.filter(user=invitee).update(verified=True)
    app = quick_app(owner, f"Race {number}")
    if race == "undo against unshare":
        group = groups.groups_of(owner).first() or groups.create_group(owner, "Racers", [Addressee(invitee.email)])[1]
        groups.share_with_group(owner, app, group)
    else:
        invitations.invite(owner, app, [Addressee(invitee.email)])
    invitation = Invitation.objects.get(app=app)
    Letter.objects.all().delete()
    if race in ACCEPTED_BEFORE:
        invitations.accept(invitee, invitation)
    named = {"app": app, "invitation": invitation, **people}
    return {"name": f"{race} {number}", "race": race, **{name: str(row.pk) for name, row in named.items()}}


def verdict(round_: dict[str, str]) -> dict[str, Any]:
    """How the database stands after a round."""
    from accounts.models import User
    from accounts.people import verified_emails
    from sharing.access import apps_shared_with
    from sharing.models import Invitation, Sharing

    rows = Invitation.objects.filter(app=round_["app"])
    invitee = User.objects.get(pk=round_["invitee"])
    return {
        "round": round_["name"],
        "race": round_["race"],
        "states": [row.state for row in rows],
        "taken": [str(row.taken_by_id) for row in rows if row.taken_by_id],
        "stopped": Sharing.objects.filter(app=round_["app"]).exclude(stopped=None).exists(),
        "verified": bool(verified_emails(invitee)),
        "has_access": any(str(one.app.pk) == round_["app"] for one in apps_shared_with(invitee)),
    }


def main(rounds: int) -> None:
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(PROCESSES)
    orders = [context.Queue() for _ in range(PROCESSES)]
    history = context.Queue()
    racers = [context.Process(target=racer, args=(n, barrier, orders, history)) for n in range(PROCESSES)]
    for process in racers:
        process.start()
    import django

    django.setup()
    from accounts.people import create_person

    people = {role: create_person(f"{role}.race@example.org", "clover field behind") for role in ROLES}
    for number in range(rounds):
        for race in RACES:
            round_ = prepare(race, number, people)
            for order in orders:
                order.put(round_)
            for _ in range(PROCESSES):
                for line in history.get(timeout=120):
                    print(json.dumps(line))
            print(json.dumps(verdict(round_)), flush=True)
    for order in orders:
        order.put({})
    for process in racers:
        process.join(60)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    main(int(sys.argv[1]))
