"""gunicorn, both roles; what differs between them stands on the command line."""

from gunicorn.asgi.websocket import WebSocketProtocol

timeout = 120
graceful_timeout = 10
keepalive = 15
limit_request_line = 8190
limit_request_fields = 60
# A header with an underscore could pose as one that only the proxy may set.
header_map = "drop"
forwarded_allow_ips = "127.0.0.1"
server_software = "web"
# A larger frame is refused by its head, before a byte of it is read; hub.socket has the same limit.
websocket_max_message_size = 4 * 1024 * 1024


def _unmask(self: object, payload: bytes, masking_key: bytes) -> bytes:
    """XOR with the repeated key, as one number: byte by byte in Python, 4 MB hold up every socket for half a second."""
    size = len(payload)
    key = (masking_key * (size // 4 + 1))[:size]
    return (int.from_bytes(payload, "little") ^ int.from_bytes(key, "little")).to_bytes(size, "little")


WebSocketProtocol._unmask = _unmask
