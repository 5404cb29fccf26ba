"""The product as `make run` starts it, on a free port with a folder of its own, and a real mail server beside it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

from tests.browser.commands import ROOT, Commands
from tests.mailbox import Mailbox, free_port

START_SECONDS = 120
STOP_SECONDS = 60


def ignore_interrupts() -> None:
    """As a shell does for what it starts in the background."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


class Server:
    """`python -m config.run`, started and stopped as a person at a terminal would."""

    def __init__(self, var: Path, mail: Mailbox | None = None, demo: bool = False, **settings: object) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.public_port = free_port()
        self.public_url = f"http://localhost:{self.public_port}"
        self.environment = {
            **os.environ,
            "PORT": str(self.port),
            "PUBLIC_PORT": str(self.public_port),
            "HONEYGUIDE_VAR": str(var),
            "HONEYGUIDE_DEMO": "yes" if demo else "no",
            "HONEYGUIDE_EMAIL_URL": f"smtp://127.0.0.1:{mail.port}" if mail else "file://",
            **{f"HONEYGUIDE_{name}": str(value) for name, value in settings.items()},
        }
        urls = {"HONEYGUIDE_SITE_URL": self.url, "HONEYGUIDE_PUBLIC_URL": self.public_url}
        self.commands = Commands({**self.environment, **urls})
        self.output: list[str] = []
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> Server:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "config.run"],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            preexec_fn=ignore_interrupts,
        )
        ready = threading.Event()
        threading.Thread(target=self._read, args=(self.process, ready), daemon=True).start()
        if not ready.wait(START_SECONDS) or self.process.poll() is not None:
            self._interrupt()
            raise AssertionError("the server did not start:\n" + "".join(self.output))
        return self

    def _read(self, process: subprocess.Popen[str], ready: threading.Event) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self.output.append(line)
            if "Stop it with" in line:
                ready.set()
        ready.set()

    def stop(self) -> None:
        """As Ctrl+C does. AssertionError, with all that it said, if the server had stopped before by itself."""
        self.commands.stop()
        died = self.process is not None and self.process.poll() is not None
        self._interrupt()
        self.process = None
        assert not died, "the server stopped by itself:\n" + "".join(self.output)

    def _interrupt(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                raise

    def manage(self, *arguments: str, stdin: str = "") -> str:
        """The output of a management command on this server's data."""
        return self.commands.run("manage.py", *arguments, stdin=stdin).strip()

    def module(self, name: str, *arguments: str) -> str:
        """The output of a module of the tests that works on this server's data."""
        return self.commands.run("-m", name, *arguments)
