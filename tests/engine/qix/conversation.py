"""Replays recorded conversations into sessions, without a server.

A conversation is a text file, one line a frame:

    # free text, or `# model: airline`, `# rights: viewer`, `# save` before the first frame
    → {"handle": -1, "method": "OpenDoc", "params": ["app"]}     the client asks (ids are given by the runner)
    ← {"qReturn": {"qType": "Doc", "qHandle": 1}}                the result has at least these members
    x {"code": 6003}                                             instead: the error has at least these members
    ! {"change": [2, 3], "close": []}                            handles noted in the reply; no line: none

A letter behind the sign names another session of the same document: `→b`, `←b`; `*b` is a frame the server has
sent to it by itself. In expected values "..." stands for anything.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.document.document import Document
from engine.document.layer import Layer
from engine.qix.rights import Rights
from engine.qix.session import Session
from tests.engine.qix.apps import MODELS

APP = "app"


@dataclass
class Line:
    """One client: its session, what it was last told, and frames that came by themselves."""

    session: Session
    reply: dict[str, Any] = field(default_factory=dict)
    pushed: list[dict[str, Any]] = field(default_factory=list)
    is_checked: bool = True
    count: int = 0

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        self.count += 1
        frame = {"jsonrpc": "2.0", "id": self.count, "delta": True, **request}
        (text,) = self.session.receive(json.dumps(frame))
        self.reply = json.loads(text)
        assert self.reply["id"] == frame["id"]
        return self.reply


class Conversation:
    """A document and the lines of those who have opened it."""

    def __init__(self, model: str = "airline", rights: str = "owner", *, saves: bool = True) -> None:
        self.document = Document.new("Airline", MODELS[model]())
        self.saved: list[Document] = []
        self.lines: dict[str, Line] = {}
        self.layers: dict[str, Layer] = {}
        self._rights = rights
        self._save = self.saved.append if saves else None

    def line(self, name: str = "", rights: str | None = None) -> Line:
        if name not in self.lines:
            level = Rights(rights or self._rights)
            layer = self.layers.setdefault(name, Layer())
            session = Session(self.document, level, user="alice", save=self._save, layer=layer, document_id=APP)
            line = Line(session)
            session.on_push = lambda text: line.pushed.append(json.loads(text))
            self.lines[name] = line
        return self.lines[name]


def replay(path: Path) -> None:
    """Run a conversation file; AssertionError names the line that did not come out as written."""
    options: dict[str, str] = {}
    talk: Conversation | None = None
    for number, text in enumerate(path.read_text().splitlines(), 1):
        if not text.strip():
            continue
        if text.startswith("#"):
            name, _, value = text[1:].partition(":")
            options[name.strip()] = value.strip()
            continue
        talk = talk or Conversation(options.get("model", "airline"), options.get("rights", "owner"))
        try:
            _play(talk, text)
        except AssertionError as error:
            raise AssertionError(f"{path.name}:{number}: {text}\n{error}") from None
    assert talk is not None
    for line in talk.lines.values():
        _expect_no_notes(line)


def _play(talk: Conversation, text: str) -> None:
    sign, _, body = text.partition(" ")
    line = talk.line(sign[1:])
    value = json.loads(body)
    if sign[0] == "→":
        _expect_no_notes(line)
        line.ask(value)
        line.is_checked = False
    elif sign[0] == "←":
        assert "error" not in line.reply, f"got {line.reply}"
        expect(line.reply["result"], value)
    elif sign[0] == "x":
        assert "error" in line.reply, f"got {line.reply}"
        expect(line.reply["error"], value)
    elif sign[0] == "!":
        line.is_checked = True
        found = {name: sorted(line.reply.get(name, [])) for name in ("change", "close")}
        assert found == {"change": [], "close": [], **value}, f"got {found}"
    elif sign[0] == "*":
        assert line.pushed, "nothing was pushed"
        expect(line.pushed.pop(0), value)
    else:
        raise AssertionError(f"no sign {sign}")


def _expect_no_notes(line: Line) -> None:
    if not line.is_checked:
        noted = {name: line.reply[name] for name in ("change", "close") if name in line.reply}
        assert not noted, f"the reply before also noted {noted}"
        line.is_checked = True
    assert not line.pushed, f"unexpected frames {line.pushed}"


def expect(found: Any, wanted: Any, path: str = "") -> None:
    """`found` has at least the members of `wanted`; lists have the same length."""
    if wanted == "...":
        return
    if isinstance(wanted, dict):
        assert isinstance(found, dict), f"{path}: {found!r} is no object"
        for name, value in wanted.items():
            assert name in found, f"{path}: no member {name} in {sorted(found)}"
            expect(found[name], value, f"{path}/{name}")
    elif isinstance(wanted, list):
        assert isinstance(found, list), f"{path}: {found!r} is no list"
        assert len(found) == len(wanted), f"{path}: {len(found)} instead of {len(wanted)} items: {found!r}"
        for at, (one, other) in enumerate(zip(found, wanted, strict=True)):
            expect(one, other, f"{path}/{at}")
    else:
        assert found == wanted, f"{path}: {found!r} instead of {wanted!r}"
