"""Alice's app, invitations to it, and the people of the house."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from accounts.models import User
from accounts.people import create_person
from engine import Document, NamedTable, build_model
from sharing import invitations
from sharing.addressees import Addressee
from sharing.models import Invitation
from storage import library
from storage.documents import save_document
from storage.models import App
from tests.hub.conftest import alice, bob, make_app, signed_in, tasks_at_once
from tests.people import BOB, CHARLIE

__all__ = ["alice", "bob", "make_app", "signed_in", "tasks_at_once"]


@pytest.fixture
def charlie() -> User:
    return create_person(*CHARLIE)


def quick_app(owner: User, title: str = "Flowers") -> App:
    """An app of one small table, without the way through files and readers."""
    table = pa.table({"flower": ["clover", "linden", "thyme"], "bees": [3, 5, 2]})
    app = library.create_app(owner, title)
    save_document(app, Document.new(title, build_model([NamedTable("flowers", table)])))
    app.refresh_from_db()
    return app


@pytest.fixture
def app(alice: User) -> App:
    return quick_app(alice)


@pytest.fixture
def invite(alice: User, app: App) -> Callable[..., Invitation]:
    """Alice invites an address to her app."""

    def invite(address: str = BOB.email, **terms: Any) -> Invitation:
        _, (invitation,) = invitations.invite(alice, app, [Addressee(address)], **terms)
        return invitation

    return invite
