"""A plain QIX client on the `websockets` package: one request, one answer."""

from __future__ import annotations

import itertools
import json
from types import TracebackType
from typing import Any

from websockets.sync.client import ClientConnection, connect


class QixClient:
    def __init__(self, url: str, api_key: str, **options: Any) -> None:
        self.socket: ClientConnection = connect(
            url, additional_headers={"Authorization": f"Bearer {api_key}"}, max_size=None, **options
        )
        self.ids = itertools.count()
        self.greeting = json.loads(self.socket.recv(timeout=30))

    def __enter__(self) -> QixClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.socket.close()

    def call(self, handle: int, method: str, *parameters: Any) -> Any:
        """The `result` of a call; AssertionError with the server's error otherwise."""
        answer = self.ask(handle, method, *parameters)
        assert "error" not in answer, answer["error"]
        return answer["result"]

    def ask(self, handle: int, method: str, *parameters: Any) -> dict[str, Any]:
        """The answer to a call, result or error."""
        number = next(self.ids)
        request = {"jsonrpc": "2.0", "id": number, "handle": handle, "method": method, "params": list(parameters)}
        self.socket.send(json.dumps(request))
        while True:
            answer: dict[str, Any] = json.loads(self.socket.recv(timeout=60))
            if answer.get("id") == number:
                return answer

    def open_app(self, app_id: str) -> int:
        return int(self.call(-1, "OpenDoc", app_id)["qReturn"]["qHandle"])

    def cube(
        self, doc: int, dimensions: list[str], measures: list[str], rows: int = 1000
    ) -> list[list[dict[str, Any]]]:
        """The rows of a straight hypercube."""
        definition = {
            "qDimensions": [{"qDef": {"qFieldDefs": [field]}} for field in dimensions],
            "qMeasures": [{"qDef": {"qDef": expression}} for expression in measures],
            "qInitialDataFetch": [{"qTop": 0, "qLeft": 0, "qHeight": rows, "qWidth": len(dimensions) + len(measures)}],
        }
        made = self.call(doc, "CreateSessionObject", {"qInfo": {"qType": "cube"}, "qHyperCubeDef": definition})
        layout = self.call(made["qReturn"]["qHandle"], "GetLayout")["qLayout"]
        return list(layout["qHyperCube"]["qDataPages"][0]["qMatrix"])
