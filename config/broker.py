"""The task queue of the embedded mode: a folder of messages, kept as kombu's transport does, but never half of one.

kombu writes a message, and the list of its queues, under the name by which readers look for it. A worker that looks in
that moment reads nothing where a message should be, loses it and stops (20 of 6,000, with a worker that never rests).
Here both are complete before they have their name.
"""

from __future__ import annotations

import contextlib
import os
import uuid
from pathlib import Path
from time import monotonic
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]
        """Put a message onto a queue. Readers take the oldest first, by the number that its name begins with."""
        name = f"{round(monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        _complete(Path(self.data_folder_out) / name, dumps(payload))

    def _queue_bind(self, exchange: str, *binding: Any) -> None:
        file = Path(self.control_folder) / f"{exchange}.exchange"
        if not file.exists():
            _complete(file, "[]")
        super()._queue_bind(exchange, *binding)


def _complete(file: Path, text: str) -> None:
    """A file that is there with all of its text or not at all; one that is there already stays as it is."""
    part = file.with_name(f"{uuid.uuid4()}.part")
    part.write_text(text)
    with contextlib.suppress(FileExistsError):
        os.link(part, file)
    part.unlink()


class Transport(filesystem.Transport):
    Channel = Channel


SCHEME = "folder"
TRANSPORT_ALIASES[SCHEME] = f"{__name__}:Transport"
"""So that an address of a queue may begin with it."""
