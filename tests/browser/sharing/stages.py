"""For each transition of the invitations' table an app of Alice's, with an invitation in the state it starts from.

python -m tests.browser.sharing.stages                      makes them, and prints what they are by name
python -m tests.browser.sharing.stages GUARD INVITATION     makes a guard fail for an invitation
python -m tests.browser.sharing.stages time                 notes what time has brought about
python -m tests.browser.sharing.stages day                  lets a day pass for the mails that wait to be sent

All with the environment of the server. The states are reached by the table's own events, from the first one on.
"""

from __future__ import annotations

import json
import os
import sys
from collections import deque
from datetime import timedelta
from typing import Any

from sharing.states import TRANSITIONS, Event, Guard, State

CASES = {f"{event} from {source}": (event, source) for event in Event for source in sorted(TRANSITIONS[event].sources)}
GUARDED = {f"accept without {guard.name}": guard for guard in TRANSITIONS[Event.ACCEPT].guards}


def path_to(goal: State) -> list[Event]:
    """The shortest way from a new invitation to a state."""
    paths: dict[State, list[Event]] = {State.PENDING: []}
    waiting = deque(paths)
    while goal not in paths:
        state = waiting.popleft()
        for event, step in TRANSITIONS.items():
            if state in step.sources and step.target not in paths:
                paths[step.target] = [*paths[state], event]
                waiting.append(step.target)
    return paths[goal]


def bring_about(event: Event, invitation: Any, owner: Any, invitee: Any) -> None:
    from sharing import invitations

    acts = {
        Event.RESEND: lambda: invitations.resend(owner, invitation),
        Event.REFUSE: lambda: invitations.refuse(invitation),
        Event.SEE: lambda: invitations.see(invitee, invitation),
        Event.ACCEPT: lambda: invitations.accept(invitee, invitation),
        Event.DECLINE: lambda: invitations.decline(invitee, invitation),
        Event.LEAVE: lambda: invitations.leave(invitee, invitation.app_id),
        Event.WITHDRAW: lambda: invitations.end(owner, invitation),
        Event.REVOKE: lambda: invitations.end(owner, invitation),
        Event.LAPSE: lambda: (make_late(invitation), invitations.expire()),
    }
    acts[event]()
    invitation.refresh_from_db()


def make_late(invitation: Any) -> None:
    from django.utils import timezone

    invitation.answer_until = timezone.now()
    invitation.save()


def make_over(invitation: Any) -> None:
    from django.utils import timezone

    invitation.until = timezone.now()
    invitation.save()


def prepare(name: str, event: Event, source: State, owner: Any) -> dict[str, str]:
    """What a test needs to know of one case; the invitee is a person of its own, and logged in."""
    from django.conf import settings
    from django.test import Client

    from accounts.people import create_person
    from security.links import make_token
    from sharing import invitations
    from sharing.addressees import Addressee
    from sharing.models import Letter
    from tests.sharing.conftest import quick_app

    address = f"{name.replace(' ', '.').lower()}@example.org"
    invitee = create_person(address, "clover field behind the river")
    app = quick_app(owner, name)
    _, (invitation,) = invitations.invite(owner, app, [Addressee(address)])
    Letter.objects.all().delete()  # the link is handed over here, not by mail
    for step in path_to(source):
        bring_about(step, invitation, owner, invitee)
    if event == Event.LAPSE:
        make_late(invitation)
    if event == Event.END:
        make_over(invitation)
    token, invitation.token_hash = make_token()
    invitation.save()
    client = Client()
    client.force_login(invitee, backend=settings.AUTHENTICATION_BACKENDS[0])
    return {
        "app": str(app.pk),
        "title": name,
        "address": address,
        "invitation": str(invitation.pk),
        "link": f"{settings.SITE_URL}/invitation/?token={token}",
        "session": client.cookies[settings.SESSION_COOKIE_NAME].value,
    }


def break_guard(guard: Guard, invitation: Any) -> None:
    from allauth.account.models import EmailAddress

    from sharing import invitations

    broken = {
        Guard.ADDRESS_VERIFIED: lambda: EmailAddress.objects.filter(email=invitation.address).update(verified=False),
        Guard.IN_TIME: lambda: make_late(invitation),
        Guard.SHARED: lambda: invitations.stop_sharing(invitation.app.owner, invitation.app),
        Guard.AHEAD: lambda: make_over(invitation),
    }
    broken[guard]()


def let_mails_wait() -> None:
    from django.db.models import F
    from django.utils import timezone

    from sharing.models import Letter

    waiting = Letter.objects.exclude(next_try=None)
    waiting.update(created=F("created") - timedelta(days=1, hours=1), next_try=timezone.now())


def main(*arguments: str) -> None:
    from accounts.people import find_person
    from sharing import invitations
    from sharing.models import Invitation
    from tests.people import ALICE

    if not arguments:
        owner = find_person(ALICE.email)
        cases = {**CASES, **dict.fromkeys(GUARDED, (Event.ACCEPT, State.PENDING))}
        print(json.dumps({name: prepare(name, *case, owner) for name, case in cases.items()}))
    elif arguments == ("time",):
        invitations.expire()
    elif arguments == ("day",):
        let_mails_wait()
    else:
        break_guard(Guard[arguments[0]], Invitation.objects.get(pk=arguments[1]))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    main(*sys.argv[1:])
