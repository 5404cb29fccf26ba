"""Every scenario file is played; see `runner` for how they are written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.scenarios.runner import play

CASES = sorted((Path(__file__).parent / "cases").glob("*.scenario"))


@pytest.mark.parametrize("path", CASES, ids=[path.stem for path in CASES])
def test_scenario(path: Path) -> None:
    play(path)
