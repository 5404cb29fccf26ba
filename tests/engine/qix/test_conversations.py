"""Recorded conversations come out as written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.qix.conversation import replay

FILES = sorted((Path(__file__).parent / "conversations").glob("*.jsonl"))


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_conversation(path: Path) -> None:
    replay(path)
