"""Somebody at the doors of the running installation."""

from __future__ import annotations

from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from tests.browser.topology import Topology
from tests.production.world import PASSWORD, address


class Knocker:
    """Somebody at the doors: with a key for the API, and with a browser's session for pages."""

    def __init__(self, topology: Topology, role: str | None, key: str | None) -> None:
        self.topology = topology
        self.role = role
        self.api = self._session()
        self.pages = self._session()
        if role is not None:
            self.api.headers["Authorization"] = f"Bearer {key}"
            self._log_in(address(role))

    def _session(self) -> requests.Session:
        session = requests.Session()
        session.verify = str(self.topology.folder / "tls.crt")
        # A connection that was kept may be closed in the very moment in which it is used again.
        session.mount("https://", HTTPAdapter(max_retries=Retry(total=3, status=0, allowed_methods=None)))
        session.trust_env = False  # an authority named in the environment would count instead
        return session

    def _log_in(self, email: str) -> None:
        self.pages.get(f"{self.topology.url}/account/login/", timeout=60)
        form = {"login": email, "password": PASSWORD, "csrfmiddlewaretoken": self.pages.cookies["csrftoken"]}
        answer = self.pages.post(
            f"{self.topology.url}/account/login/", form, headers={"Referer": self.topology.url}, timeout=60
        )
        assert answer.status_code == 200
        assert answer.url.rstrip("/") == self.topology.url, answer.url

    def knock(self, method: str, path: str, body: Any = None) -> requests.Response:
        is_api = path.startswith("/api/")
        session = self.api if is_api else self.pages
        headers = {"Referer": self.topology.url, "X-CSRFToken": session.cookies.get("csrftoken", "")}
        return session.request(
            method,
            self.topology.url + path,
            json=body,
            headers={} if is_api and self.role else headers,
            allow_redirects=False,
            timeout=60,
        )
