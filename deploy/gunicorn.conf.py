"""gunicorn, both roles; what differs between them stands on the command line."""

timeout = 120
graceful_timeout = 10
keepalive = 15
limit_request_line = 8190
limit_request_fields = 60
# A header with an underscore could pose as one that only the proxy may set.
header_map = "drop"
forwarded_allow_ips = "127.0.0.1"
server_software = "web"
