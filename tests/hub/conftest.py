"""People with something of their own, and tasks that run at once where a test sends them."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator

import pytest
from django.test import Client

from accounts.models import User
from accounts.people import create_person
from config.celery import app as celery
from hub import drafts
from hub.models import Draft
from storage import library
from storage.models import App
from tests.people import ALICE, BOB

FLOWERS = b"flower,bees\nclover,3\nlinden,5\nthyme,2\n"
PLACES = b"flower,place\nclover,field\nlinden,street\n"


@pytest.fixture
def alice() -> User:
    return create_person(*ALICE)


@pytest.fixture
def bob() -> User:
    return create_person(*BOB)


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """A browser of this person."""

    def browser(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return browser


@pytest.fixture
def make_app() -> Callable[..., App]:
    """An app of one small table, made as the pages make it."""

    def make(owner: User, title: str = "Flowers") -> App:
        draft = ready_draft(owner, title)
        drafts.begin_creating(draft, title)
        app = drafts.create_from_draft(draft)
        assert app is not None, draft.content["problem"]
        return app

    return make


def ready_draft(owner: User, title: str = "Flowers", **files: bytes) -> Draft:
    """A draft whose files are read; `files` by their name without .csv."""
    kept = [library.add_file(owner, f"{name}.csv", [data]) for name, data in (files or {"flowers": FLOWERS}).items()]
    draft = drafts.start_draft(owner, [file.pk for file in kept], title)
    drafts.read_draft(draft)
    return draft


@pytest.fixture
def tasks_at_once() -> Iterator[None]:
    celery.conf.task_always_eager = True
    yield
    celery.conf.task_always_eager = False


UNKNOWN = uuid.UUID("00000000-0000-4000-8000-000000000000")
