"""A small world for tests of rights: an app, and somebody in every relation to it. Run as a module, it prints the ids.

python -m tests.production.world     (with the environment of the installation to be filled)
"""

from __future__ import annotations

import json
import os
from typing import Any

PASSWORD = "clover field behind the river"
ROLES = ("owner", "editor", "viewer", "invitee", "revoked", "other", "stranger")
"""Their addresses are <role>@example.org; `invitee` has not accepted yet, `other` owns an app of his own."""


def address(role: str) -> str:
    return f"{role}@example.org"


def make() -> dict[str, Any]:
    from accounts.api_keys import create_api_key
    from accounts.people import create_person
    from sharing import groups, invitations
    from sharing.addressees import Addressee
    from sharing.models import Invitation
    from storage import library
    from tests.sharing.conftest import quick_app

    people = {role: create_person(address(role), PASSWORD) for role in ROLES}
    owner, app = people["owner"], quick_app(people["owner"])
    add_things(app)
    other_app = quick_app(people["other"], "Of another tenant")
    by_role: dict[str, Invitation] = {}
    for role in ("editor", "viewer", "invitee", "revoked"):
        terms = {"role": "editor"} if role == "editor" else {}
        _, (by_role[role],) = invitations.invite(owner, app, [Addressee(address(role))], **terms)
        if role != "invitee":
            invitations.accept(people[role], by_role[role])
    second_app = quick_app(owner, "To be taken away")
    _, (second,) = invitations.invite(owner, second_app, [Addressee(address("viewer"))])
    invitations.accept(people["viewer"], second)
    deed = invitations.end(owner, by_role["revoked"])
    _, group = groups.create_group(owner, "Bees", [Addressee("bee@example.org")])
    groups.share_with_group(owner, app, group)
    file = library.add_file(owner, "flowers.csv", [b"flower,bees\nclover,3\n"])
    return {
        "app_id": str(app.pk),
        "other_app": str(other_app.pk),
        "second_app": str(second_app.pk),
        "second_invitation": str(second.pk),
        "file_id": str(file.pk),
        "draft_id": draft_of(owner, file),
        "invitation_id": str(by_role["invitee"].pk),
        "share_id": str(groups.shares_of(app).get().pk),
        "group_id": str(group.pk),
        "deed_id": str(deed.pk),
        "keys": {role: create_api_key(person, "tests")[1] for role, person in people.items()},
    }


def draft_of(owner: Any, file: Any) -> str:
    from hub import drafts

    draft = drafts.start_draft(owner, [file.pk])
    drafts.read_draft(draft)
    return str(draft.pk)


THINGS = {
    "GenericObject": ("CreateObject", {"qInfo": {"qId": "sheet", "qType": "sheet"}, "title": "The owner's"}),
    "GenericDimension": ("CreateDimension", {"qInfo": {"qId": "dimension"}, "qDim": {"qFieldDefs": ["flower"]}}),
    "GenericMeasure": ("CreateMeasure", {"qInfo": {"qId": "measure"}, "qMeasure": {"qDef": "Sum(bees)"}}),
    "GenericBookmark": ("CreateBookmark", {"qInfo": {"qId": "bookmark"}}),
    "GenericVariable": ("CreateVariableEx", {"qInfo": {"qId": "variable"}, "qName": "v"}),
}
"""One thing of each class, made by the owner: how, and with which properties."""


def add_things(app: Any) -> None:
    from engine import Rights, Session
    from storage.documents import open_document, release_document, save_document

    document = open_document(app)
    session = Session(document, Rights("owner"), user="owner", document_id=str(app.pk))
    doc = session.call(-1, "GetActiveDoc")["qReturn"]["qHandle"]
    for maker, properties in THINGS.values():
        session.call(doc, maker, properties)
    session.close()
    save_document(app, document)
    release_document(app)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    print(json.dumps(make()))
