"""Who may speak at the WebSocket: the table of origins (T11), and that a cookie alone is never enough."""

import pytest

from hub.caller import Caller

HOST = "hub.example.org"
SITE = "https://hub.example.org"
APP = "/app/3f2b0c1e-1111-4222-8333-444455556666"


@pytest.fixture(autouse=True)
def site(settings):
    settings.SITE_URL = SITE
    settings.ALLOWED_HOSTS = [HOST]
    settings.PRODUCTION = True


def caller(origin: str | None, *, key: str | None = None, host: str = HOST, path: str = APP) -> Caller:
    headers = [(b"host", host.encode()), (b"cookie", b"session=abc")]
    if origin is not None:
        headers.append((b"origin", origin.encode()))
    if key is not None:
        headers.append((b"authorization", f"Bearer {key}".encode()))
    return Caller.of({"path": path, "headers": headers})


def test_what_the_browser_says_of_itself_is_kept_short():
    scope = {"path": APP, "headers": [(b"host", HOST.encode()), (b"user-agent", b"Browser/1.0 " + b"x" * 5000)]}
    assert Caller.of(scope).client.startswith("Browser/1.0 ")
    assert len(Caller.of(scope).client) == 300


def test_our_own_page_may_speak():
    assert caller(SITE).is_trusted


FOREIGN = [
    "null", "", "https://", "http://hub.example.org", "https://hub.example.org:443", "https://hub.example.org:8443",
    "https://hub.example.org.", "https://hub.example.org/", "https://hub.example.org/app", "https://hub.example.org.evil.org",
    "https://evil-hub.example.org", "https://evilhub.example.org", "https://sub.hub.example.org", "https://example.org",
    "https://hub.example.orgevil", "https://hub.example.org@evil.org", "https://evil.org#hub.example.org",
    "https://evil.org?hub.example.org", "https://evil.org/https://hub.example.org", "HTTPS://HUB.EXAMPLE.ORG",
    "https://HUB.example.org", "ws://hub.example.org", "wss://hub.example.org", "file://", "file:///hub.example.org",
    "data:text/html,x", "javascript:hub.example.org", "chrome-extension://abcdef", "https://127.0.0.1", "http://localhost",
    "https://[::1]", "https://xn--hub-example-org", "https://hub.example\u3002org", "https://hub%2eexample%2eorg",
    "https://hub.example.org%00.evil.org", " https://hub.example.org", "https://hub.example.org ",
    "https://hub.example.org, https://evil.org", "https://evil.org https://hub.example.org",
    "//hub.example.org", "hub.example.org",
]  # fmt: skip


@pytest.mark.parametrize("origin", FOREIGN)
def test_t11_ws_origin_table(origin):
    raw = origin.encode("utf-8").decode("latin-1")
    assert not caller(raw).is_trusted
    assert not caller(raw, key="key_x").is_trusted


def test_t11_without_origin_only_an_api_key_speaks():
    assert not caller(None).is_trusted
    assert caller(None, key="key_x").is_trusted


@pytest.mark.parametrize(
    "host", ["evil.org", "hub.example.org.evil.org", "", "[", "hub.example.org@evil.org", "127.0.0.1"]
)
def test_t11_a_foreign_host_is_not_answered(host):
    assert not caller(SITE, host=host).is_trusted


@pytest.mark.parametrize(
    ("path", "app"),
    [
        (APP, "3f2b0c1e-1111-4222-8333-444455556666"),
        (APP.upper().replace("/APP", "/app"), "3f2b0c1e-1111-4222-8333-444455556666"),
        (APP + "/identity/tab-2/ttl/30", "3f2b0c1e-1111-4222-8333-444455556666"),
        ("/app/engineData", None),
        ("/app/../admin", None),
        (APP + "/../x", None),
        ("/", None),
    ],
)
def test_the_path_names_the_app(path, app):
    assert caller(SITE, path=path).app_id == app
