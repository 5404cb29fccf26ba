"""`make run`: migrate, make the demo tenant, then one server and one worker until interrupted.

Everything is embedded: SQLite, a directory as object store, a Celery worker over the file system.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess  # nosec B404 (starts our own two programs, no shell)
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
PUBLIC_HOST = "localhost"
START_SECONDS = 60
STOP_SECONDS = 15


def environment(port: int) -> dict[str, str]:
    """The environment of the embedded mode; what the caller has set stays."""
    var = Path(os.environ.get("HONEYGUIDE_VAR", str(ROOT / "var")))
    var.mkdir(parents=True, exist_ok=True)
    defaults = {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "HONEYGUIDE_VAR": str(var),
        "HONEYGUIDE_DEMO": "yes",
        "HONEYGUIDE_SITE_URL": f"http://{HOST}:{port}",
        # Another host name than the Hub's, so that no cookie of it ever comes along.
        "HONEYGUIDE_PUBLIC_URL": f"http://{PUBLIC_HOST}:{public_port(port)}",
        "NUMBA_CACHE_DIR": str(var / "numba"),
        # The embedded worker runs as whoever typed the command, also as root in a container.
        "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges",
        # One thread a request keeps sessions beside each other fair; the engine has a pool of its own.
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
    return {**defaults, **os.environ}


def public_port(port: int) -> int:
    """The port of published charts: PUBLIC_PORT, else the next one."""
    return int(os.environ.get("PUBLIC_PORT", str(port + 1)))


def port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def programs(port: int) -> dict[str, list[str]]:
    python = sys.executable
    return {
        "worker": [
            python,
            "-m",
            "celery",
            "-A",
            "config",
            "--quiet",
            "worker",
            "--beat",
            "--pool=prefork",
            "--concurrency=1",
            "--loglevel=ERROR",
            "--without-gossip",
            "--without-mingle",
            "--hostname=worker@localhost",
        ],
        "server": [
            python,
            "-m",
            "gunicorn",
            "config.asgi:application",
            "--config",
            str(ROOT / "deploy/gunicorn.conf.py"),
            "--bind",
            f"{HOST}:{port}",
            "--workers",
            "1",
            "--worker-class",
            "asgi",
            "--log-level",
            "warning",
        ],
        "public": [
            python,
            "-m",
            "gunicorn",
            "config.public:application",
            "--config",
            str(ROOT / "deploy/gunicorn.conf.py"),
            "--bind",
            f"{HOST}:{public_port(port)}",
            "--workers",
            "1",
            "--worker-class",
            "gthread",
            "--threads",
            "4",
            "--log-level",
            "warning",
        ],
    }


@contextlib.contextmanager
def running(port: int) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    """Both programs, started together; stopped together whatever happens."""
    children = {
        name: subprocess.Popen(command, cwd=ROOT, start_new_session=True)  # nosec B603
        for name, command in programs(port).items()
    }
    try:
        yield children
    finally:
        for child in children.values():
            child.terminate()  # each ends its own children
        deadline = time.monotonic() + STOP_SECONDS
        for child in children.values():
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)


def wait_until_answering(port: int, child: subprocess.Popen[bytes]) -> None:
    """Until the program on that port answers; SystemExit if it stops or takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if child.poll() is not None:
            raise SystemExit("The server stopped while starting; its message stands above.")
        try:
            urllib.request.urlopen(f"http://{HOST}:{port}/health/", timeout=2)  # nosec B310
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit(f"The server did not answer within {START_SECONDS} seconds.")


def demo_account() -> str:
    """Make the demo if it is missing, and say how to log in; SystemExit if it cannot be made.

    A process of its own, beside the starting server: what making the demo takes is gone with it.
    """
    command = [sys.executable, str(ROOT / "manage.py"), "demo"]
    made = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)  # nosec B603
    if made.returncode:
        raise SystemExit("The demo could not be made; the reason stands above.")
    return made.stdout


def static_files_changed(collected: Path) -> bool:
    """Whether any static file is newer than the last collection; collecting compresses, which takes seconds."""
    from django.contrib.staticfiles.finders import get_finders

    manifest = collected / "staticfiles.json"
    if not manifest.exists():
        return True
    since = manifest.stat().st_mtime
    files = (storage.path(name) for finder in get_finders() for name, storage in finder.list([]))
    return any(os.path.getmtime(file) > since for file in files)


def main() -> None:
    port = int(os.environ.get("PORT", "8000"))
    if not port_is_free(port):
        raise SystemExit(f"Port {port} is taken by another program. Choose another: make run PORT={port + 2}")
    if not port_is_free(public_port(port)):
        raise SystemExit(
            f"Port {public_port(port)}, for published charts, is taken by another program. "
            f"Choose another: make run PUBLIC_PORT={public_port(port) + 1}"
        )
    os.environ.update(environment(port))

    import django
    from django.conf import settings
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    if static_files_changed(settings.STATIC_ROOT):
        call_command("collectstatic", verbosity=0, interactive=False)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    # A shell that starts it in the background would have it ignore Ctrl+C's signal.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with running(port) as children:
        account = demo_account() if settings.DEMO else ""
        wait_until_answering(port, children["server"])
        wait_until_answering(public_port(port), children["public"])
        print(
            f"\n{settings.PRODUCT_NAME} is running at {settings.SITE_URL}\n{account}Stop it with Ctrl+C.",
            flush=True,
        )
        try:
            while all(child.poll() is None for child in children.values()):
                time.sleep(0.5)
        except KeyboardInterrupt:
            return
        dead = next(name for name, child in children.items() if child.poll() is not None)
        raise SystemExit(f"The {dead} has stopped by itself; its message stands above.")


if __name__ == "__main__":
    main()
