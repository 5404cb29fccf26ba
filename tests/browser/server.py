"""The product as `make run` starts it, on a free port with a folder of its own, and a real mail server beside it."""

from __future__ import annotations

import email
import email.policy
import os
import queue
import re
import signal
import socket
import subprocess
import sys
import threading
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 120


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class MailServer:
    """A real SMTP server that keeps what it is given."""

    def __init__(self) -> None:
        self.mails: queue.Queue[EmailMessage] = queue.Queue()
        self.port = free_port()
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.mails.put(email.message_from_bytes(envelope.content, policy=email.policy.default))  # type: ignore[arg-type]
        return "250 OK"

    def next_match(self, pattern: str) -> str:
        """What `pattern` finds in the next mail: its first group, if it has one."""
        body = self.mails.get(timeout=20).get_body(("plain",))
        assert body is not None
        found = re.search(pattern, body.get_content())
        assert found, f"nothing like {pattern} in: {body.get_content()}"
        return found.group(found.re.groups and 1)

    def stop(self) -> None:
        self.controller.stop()


class Server:
    """`python -m config.run`, started and stopped as a person at a terminal would."""

    def __init__(self, var: Path, mail: MailServer | None = None, demo: bool = False) -> None:
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
        }
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
        )
        ready = threading.Event()
        threading.Thread(target=self._read, args=(self.process, ready), daemon=True).start()
        if not ready.wait(START_SECONDS) or self.process.poll() is not None:
            self.stop()
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
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                raise

    def manage(self, *arguments: str, stdin: str = "") -> str:
        """The output of a management command on this server's data."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env={**self.environment, "HONEYGUIDE_SITE_URL": self.url, "HONEYGUIDE_PUBLIC_URL": self.public_url},
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()
