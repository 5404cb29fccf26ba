"""T26: an owner cannot find out who has an account by what he does with addresses, neither by answers nor by time.

Time is not measured here: what is done is the same. The same queries, no password hashed, the same mail.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.hashers import get_hasher
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.people import create_person
from sharing.tasks import deliver_letters
from tests.people import ALICE, BOB, Person
from tests.sharing.conftest import quick_app
from tests.sharing.test_api import as_json, browser, send, share

pytestmark = pytest.mark.django_db

ACCOUNTS: dict[str, Callable[[str], Any]] = {
    "nobody": lambda address: None,
    "a person": lambda address: create_person(address, BOB.password),
    "a person who is logged in": lambda address: browser(
        Person(create_person(address, BOB.password).email, BOB.password)
    ),
    "a sign-up without its code": lambda address: Client().post(
        "/account/signup/", {"email": address, "password1": BOB.password, "password2": BOB.password}
    ),
}


def everything_that_an_owner_can_try(owner: Client, base: str, address: str) -> Iterator[HttpResponse]:
    yield share(owner, base, address)
    (invitation,) = send(owner, "GET", f"{base}/invitations/").json()
    path = f"{base}/invitations/{invitation['id']}/"
    yield share(owner, base, address)
    yield send(owner, "PATCH", path, as_json({"role": "editor"}))
    deliver_letters()
    yield send(owner, "POST", f"{path}resend/")
    yield send(owner, "GET", f"{base}/invitations/")
    yield owner.get(base.replace("/api/apps/", "/app/") + "/sharing/")
    yield (made := send(owner, "POST", "/api/groups/", as_json({"name": "Bees", "people": address})))
    group = made.json()["id"]
    yield share(owner, base, "", groups=[group])
    yield send(owner, "PUT", f"/api/groups/{group}/", as_json({"name": "Wasps", "people": address}))
    yield owner.get("/groups/")
    yield send(owner, "DELETE", f"/api/groups/{group}/")
    yield send(owner, "DELETE", path)
    yield share(owner, base, address)
    deliver_letters()


NEW_EACH_TIME = re.compile(
    r"[0-9a-f]{8}-[0-9a-f-]{27}"  # an id
    r"|\d{4}-\d\d-\d\d[T ][\d:.]+(Z|\+00:00| UTC)?"
    r"|(?<=>)(now|an?.second ago|\d+.seconds? ago)(?=<)"
    r"|(?<=csrfmiddlewaretoken. value=.)\w+|(?<=csrf=.)\w+|nonce-?[\w-]+"
    r"|(?<=token=)[\w-]+"
)


def said(text: str, address: str) -> str:
    return NEW_EACH_TIME.sub("", text.replace(address, "the address"))


def test_t26_invite_reveals_no_account(alice: User, settings, monkeypatch, mailoutbox):
    settings.INVITATION_MAILS_TO_ONE_A_DAY = 100
    hashed: list[object] = []
    hasher = type(get_hasher())
    encode = hasher.encode
    monkeypatch.setattr(hasher, "encode", lambda *given, **more: (hashed.append(given), encode(*given, **more))[1])
    owner = browser(ALICE)
    seen = {}
    for number, (account, make) in enumerate([("warm-up", ACCOUNTS["nobody"]), *ACCOUNTS.items()]):
        address, base = f"probe{number}@example.org", f"/api/apps/{quick_app(alice).pk}"
        make(address)
        mailoutbox.clear()
        hashed.clear()
        with CaptureQueriesContext(connection) as queries:
            answers = [
                (answer.status_code, said(answer.content.decode(), address))
                for answer in everything_that_an_owner_can_try(owner, base, address)
            ]
        work = [re.split("WHERE|VALUES|SET|SAVEPOINT", query["sql"])[0] for query in queries]
        mails = [said(str(mail.body), address) for mail in mailoutbox]
        seen[account] = {"answers": answers, "work": work, "mails": mails, "hashed": len(hashed)}
    assert seen["nobody"]["hashed"] == 0
    assert len(seen["nobody"]["mails"]) == 2
    assert all(status < 400 for status, _ in seen["nobody"]["answers"])
    for account in ACCOUNTS:
        for what, expected in seen["nobody"].items():
            assert seen[account][what] == expected, (account, what)
