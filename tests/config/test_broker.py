"""The embedded queue: whoever looks for a message while it is written finds none, and then the whole of it."""

from __future__ import annotations

from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu import Connection, Exchange, Queue

from config import broker


@pytest.fixture
def connection(tmp_path: Path) -> Connection:
    names = {"data_folder_in": "in", "data_folder_out": "in", "processed_folder": "done", "control_folder": "control"}
    for name in names.values():
        (tmp_path / name).mkdir(exist_ok=True)
    options = {option: str(tmp_path / name) for option, name in names.items()}
    return Connection("folder://", transport_options={**options, "store_processed": False})


def test_a_message_is_whole_or_not_there(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    writer, reader = connection.channel(), connection.channel()
    link, looks = broker.os.link, []

    def look(part: Any, file: Any) -> None:
        with pytest.raises(Empty):
            reader._get("celery")
        looks.append(file)
        link(part, file)

    monkeypatch.setattr(broker.os, "link", look)
    for number in range(3):
        writer._put("celery", {"number": number})
        assert reader._get("celery") == {"number": number}
    assert len(looks) == 3


def test_two_who_declare_the_first_queue_at_once_both_have_it(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = Queue("celery", exchange=Exchange("celery"), routing_key="celery")
    link = broker.os.link

    def other_was_first(part: Any, file: Any) -> None:
        monkeypatch.setattr(broker.os, "link", link)
        queue(connection.channel()).declare()
        link(part, file)

    monkeypatch.setattr(broker.os, "link", other_was_first)
    queue(connection.channel()).declare()
    channel = connection.channel()
    assert channel.get_table("celery") == [("celery", "", "celery")]
    assert not list(Path(channel.control_folder).glob("*.part"))


def test_the_embedded_worker_uses_it(settings: Any) -> None:
    if not settings.REDIS_URL:
        assert settings.CELERY_BROKER_URL == "folder://"
