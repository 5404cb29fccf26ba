"""Many people who all may open one app. Run as a module, it makes them and prints a key of each as JSON.

python -m tests.production.crowd APP COUNT     (with the environment of the installation)
"""

from __future__ import annotations

import json
import os
import sys


def main(app_id: str, count: int) -> list[str]:
    """Without passwords, mails and deeds, which the sockets do not need and which take their time."""
    from allauth.account.models import EmailAddress
    from django.utils import timezone

    from accounts.api_keys import create_api_key
    from accounts.models import Tenant, User
    from sharing.models import Invitation, Role
    from sharing.states import State
    from storage.models import App

    app, keys = App.objects.get(pk=app_id), []
    for number in range(count):
        person = User.objects.create(email=f"crowd.{number}@example.org", tenant=Tenant.objects.create())
        EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
        invitation = Invitation(tenant_id=app.tenant_id, app=app, address=person.email, role=Role.VIEWER)
        invitation.state, invitation.taken_by, invitation.answer_until = State.ACCEPTED, person, timezone.now()
        invitation.save(force_insert=True)
        keys.append(create_api_key(person, "crowd")[1])
    return keys


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    print(json.dumps(main(sys.argv[1], int(sys.argv[2]))))
