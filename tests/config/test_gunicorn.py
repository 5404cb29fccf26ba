"""The servers' configuration: the quick unmasking of frames does what the slow one does."""

import os
import runpy
from pathlib import Path

import pytest

FILE = Path(__file__).resolve().parents[2] / "deploy" / "gunicorn.conf.py"


@pytest.mark.parametrize("size", [0, 1, 2, 3, 4, 5, 125, 126, 65_536, 100_003])
def test_frames_are_unmasked_as_the_protocol_says(size):
    unmask = runpy.run_path(str(FILE))["_unmask"]
    payload, key = os.urandom(size), os.urandom(4)
    assert unmask(None, payload, key) == bytes(byte ^ key[at % 4] for at, byte in enumerate(payload))
