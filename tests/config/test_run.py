"""`make run` fails with a sentence, not with a traceback."""

import socket
import subprocess
import sys

from config.run import environment, port_is_free
from tests.browser.server import ROOT


def test_a_taken_port_is_named_with_the_way_out(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert not port_is_free(port)
        done = subprocess.run(
            [sys.executable, "-m", "config.run"],
            cwd=ROOT,
            env={**environment(port), "PORT": str(port), "HONEYGUIDE_VAR": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.strip() == f"Port {port} is taken by another program. Choose another: make run PORT={port + 2}"


def test_what_the_caller_has_set_stays(monkeypatch):
    monkeypatch.setenv("HONEYGUIDE_DEMO", "no")
    assert environment(8000)["HONEYGUIDE_DEMO"] == "no"
