"""A real SMTP server that keeps what it is given, and refuses or puts off mails as a test wishes."""

from __future__ import annotations

import email
import email.policy
import re
import socket
import threading
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

PATIENCE = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Mailbox:
    """`refuse` holds an answer for each address that is not taken, such as "550 unknown"."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.refuse: dict[str, str] = {}
        self._read = 0
        self._arrived = threading.Condition()
        self.port = free_port()
        self.start()

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address not in self.refuse:
            envelope.rcpt_tos.append(address)
        return self.refuse.get(address, "250 OK")

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        with self._arrived:
            self.mails.append(email.message_from_bytes(envelope.content, policy=email.policy.default))  # type: ignore[arg-type]
            self._arrived.notify_all()
        return "250 OK"

    def next_match(self, pattern: str) -> str:
        """What `pattern` finds in the next mail: its first group, if it has one."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self.mails) > self._read, PATIENCE), "no mail has come"
            mail = self.mails[self._read]
            self._read += 1
        return found_in(mail, pattern)

    def newest_to(self, address: str, count: int = 1, about: str = "") -> EmailMessage:
        """The newest mail to an address, once it has got so many; it counts as read with all before it.

        about: what its subject holds, for people who have got mails in other tests before.
        """

        def to_him() -> list[EmailMessage]:
            return [mail for mail in self.mails if mail["To"] == address and about in str(mail["Subject"])]

        with self._arrived:
            assert self._arrived.wait_for(lambda: len(to_him()) >= count, PATIENCE), f"no mail {count} to {address}"
            newest = to_him()[-1]
            self._read = max(self._read, next(n for n, mail in enumerate(self.mails) if mail is newest) + 1)
            return newest

    def start(self) -> None:
        """Take mails; also again, after a stop, at the same port."""
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    def stop(self) -> None:
        self.controller.stop()


def found_in(mail: EmailMessage, pattern: str) -> str:
    """What a pattern finds in the text of a mail: its first group, if it has one."""
    body = mail.get_body(("plain",))
    assert body is not None
    found = re.search(pattern, body.get_content())
    assert found, f"nothing like {pattern} in: {body.get_content()}"
    return found.group(found.re.groups and 1)
