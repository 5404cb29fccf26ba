"""Private layers: what a person keeps for himself in an app of somebody else; open once a process, sealed at rest.

Every change is a new sealed object, then the row's pointer moves: a crash leaves the layer before or after it.
"""

from __future__ import annotations

import contextlib
import threading
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from engine import DamagedApp, EngineError, Layer
from security.cipher import SealError
from storage import objects
from storage.backends import StoreTrouble
from storage.models import App, PrivateLayer
from storage.quotas import require_room

if TYPE_CHECKING:
    from accounts.models import User

Key = tuple[uuid.UUID, uuid.UUID]


class LayerConflict(EngineError):
    """Another process has changed the person's layer meanwhile."""

    def __init__(self) -> None:
        super().__init__("Your own sheets were changed in another window. Reload the page, then try again.")


@dataclass
class _Open:
    """A layer open in this process, the version it stands at (0: never kept), and by how many sessions it is used."""

    layer: Layer
    version: int = 0
    users: int = 0


_open: dict[Key, _Open] = {}
_lock = threading.Lock()


def open_layer(app: App, user: User) -> Layer:
    """The person's layer of the app, shared by his sessions; release it once for every open."""
    key = (app.pk, user.pk)
    row = PrivateLayer.objects.select_related("object").filter(app=app, user=user).first()
    version = row.version if row else 0
    with _lock:
        held = _open.get(key)
        if held is None or held.version != version:
            layer = _read(row) if row else Layer()
            held = _Open(layer, version)
            layer.keep = lambda changed: _keep(app, user, held, changed)
            _open[key] = held
        held.users += 1
    return held.layer


def _read(row: PrivateLayer) -> Layer:
    try:
        return Layer.load(objects.read(row.object))
    except (StoreTrouble, SealError) as error:
        raise DamagedApp(f"Your own sheets in this app cannot be read: {error}") from error


def release_layer(app: App, user: User, layer: Layer) -> None:
    key = (app.pk, user.pk)
    with _lock:
        held = _open.get(key)
        if held is not None and held.layer is layer:
            held.users -= 1
            if not held.users:
                del _open[key]


def _keep(app: App, user: User, held: _Open, layer: Layer) -> None:
    try:
        require_room(app.tenant_id)
        stored = objects.put(app.tenant_id, [layer.dump()], "private layer")
    except StoreTrouble as error:
        raise EngineError(f"Your change could not be kept: {error}") from error
    try:
        held.version = _point(app, user, held.version, stored)
    except BaseException:
        with contextlib.suppress(Exception):  # what stays behind is swept
            objects.delete(stored)
        raise


def _point(app: App, user: User, version: int, stored: objects.StoredObject) -> int:
    """Move the row's pointer from `version` to the new object; the new version."""
    with transaction.atomic():
        row = PrivateLayer.objects.select_for_update().select_related("object").filter(app=app, user=user).first()
        if (row.version if row else 0) != version:
            raise LayerConflict
        if row is None:
            try:
                with transaction.atomic():
                    return PrivateLayer.objects.create(app=app, user=user, object=stored).version
            except IntegrityError:
                raise LayerConflict from None
        old, row.object, row.version = row.object, stored, version + 1
        row.save()
        objects.delete(old)
        return row.version
