"""The production topology on loopback: nginx with TLS, web, two engines, worker, beat, PostgreSQL, Redis, S3 over HTTP.

Everything starts from the files in deploy/, with the environment names of deploy/env.example.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from string import Template

from tests.browser.commands import ROOT, Commands
from tests.mailbox import free_port

HOST = "localhost"
PUBLIC_HOST = "charts.localhost"
PATH = os.environ["PATH"] + ":/usr/sbin"
POSTGRES = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), Path("/usr/bin"))
UNPRIVILEGED = ["runuser", "-u", "nobody", "--"] if os.geteuid() == 0 else []
WAIT_SECONDS = 60
ENGINES = ("engine", "engine2")


@dataclass
class Topology:
    folder: Path
    ports: dict[str, int]
    environment: dict[str, str] = field(default_factory=dict)
    programs: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"https://{HOST}:{self.ports['https']}"

    @property
    def public_url(self) -> str:
        return f"https://{PUBLIC_HOST}:{self.ports['https']}"

    @property
    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.folder / "tls.crt"))

    @property
    def surroundings(self) -> dict[str, str]:
        """The environment of every program."""
        return {**os.environ, "PATH": PATH, **self.environment}

    @cached_property
    def commands(self) -> Commands:
        """Made when the environment is complete."""
        return Commands(self.surroundings)

    def start(self, name: str, command: list[str], without: tuple[str, ...] = ()) -> None:
        log = (self.folder / f"{name}.log").open("wb")
        self.programs[name] = subprocess.Popen(
            command,
            cwd=ROOT if not command[0].endswith("postgres") and "nobody" not in command else "/",
            env={name: value for name, value in self.surroundings.items() if name not in without},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def stop(self) -> None:
        self.commands.stop()
        for program in reversed(self.programs.values()):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(program.pid, signal.SIGTERM)
        for program in reversed(self.programs.values()):
            try:
                program.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(program.pid, signal.SIGKILL)

    def kill(self, name: str) -> None:
        """End a program without warning."""
        program = self.programs.pop(name)
        os.killpg(program.pid, signal.SIGKILL)
        program.wait(15)

    def start_database(self) -> None:
        """Start PostgreSQL, and wait until it answers."""
        where = ["-p", str(self.ports["postgres"]), "-h", "127.0.0.1"]
        own = [*UNPRIVILEGED, str(POSTGRES / "postgres"), "-D", str(self.folder / "postgres"), "-k", ""]
        self.start("postgres", [*own, *where])
        wait_until(
            lambda: subprocess.run([str(POSTGRES / "pg_isready"), "-q", *where], check=False).returncode == 0,
            "the database does not answer",
        )

    def stop_database(self) -> None:
        """End PostgreSQL as a restart does: whoever is connected is cut off."""
        data = str(self.folder / "postgres")
        subprocess.run(
            [*UNPRIVILEGED, str(POSTGRES / "pg_ctl"), "stop", "-s", "-w", "-m", "fast", "-D", data], check=True, cwd="/"
        )
        self.programs.pop("postgres").wait(15)

    def asked(self, question: str) -> str:
        """What the database answers to SQL, as psql writes it without ornament."""
        port = str(self.ports["postgres"])
        command = [str(POSTGRES / "psql"), "-h", "127.0.0.1", "-p", port, "-U", "honeyguide", "-Atc", question]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    def engine_url(self, name: str) -> str:
        """The address of sockets of one engine, past the proxy."""
        return f"ws://{HOST}:{self.ports[name]}"

    def manage(self, *arguments: str, stdin: str = "") -> str:
        """The output of a management command on the installation's data."""
        return self.commands.run("manage.py", *arguments, stdin=stdin).strip()

    def module(self, name: str, *arguments: str) -> str:
        """The output of a module of the tests that works on the installation's data."""
        return self.commands.run("-m", name, *arguments)


def wait_until(is_so: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    pause = threading.Event()
    while time.monotonic() < deadline:
        if is_so():
            return
        pause.wait(0.05)
    raise AssertionError(otherwise)


def wait_for_port(port: int) -> None:
    def answers() -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
        return False

    wait_until(answers, f"nothing answers on port {port}")


@contextlib.contextmanager
def production(folder: Path, mail_port: int = 25) -> Iterator[Topology]:
    """The whole topology, migrated, answering over TLS."""
    names = ("postgres", "redis", "s3", "web", *ENGINES, "public", "http", "https")
    topology = Topology(folder, {name: free_port() for name in names})
    try:
        _start_stores(topology)
        _write_secrets(topology, mail_port)
        _start_roles(topology)
        yield topology
    finally:
        topology.stop()


def _start_stores(topology: Topology) -> None:
    ports, data = topology.ports, topology.folder / "postgres"
    topology.start("redis", ["redis-server", "--port", str(ports["redis"]), "--save", "", "--bind", "127.0.0.1"])
    topology.start("s3", [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(ports["s3"])])
    data.mkdir()
    if UNPRIVILEGED:
        for parent in [data, *data.parents]:
            if parent == Path("/tmp"):
                break
            parent.chmod(parent.stat().st_mode | 0o011)
        shutil.chown(data, "nobody", "nogroup")
    subprocess.run(
        [*UNPRIVILEGED, str(POSTGRES / "initdb"), "-D", str(data), "-U", "honeyguide", "--auth=trust", "-E", "UTF8"],
        check=True,
        cwd="/",
        stdout=subprocess.DEVNULL,
    )
    topology.start_database()
    for name in ("redis", "s3"):
        wait_for_port(ports[name])
    subprocess.run(
        [*UNPRIVILEGED, "createdb", "-h", "127.0.0.1", "-p", str(ports["postgres"]), "-U", "honeyguide", "honeyguide"],
        check=True,
        cwd="/",
    )
    request = urllib.request.Request(f"http://127.0.0.1:{ports['s3']}/honeyguide", method="PUT")
    urllib.request.urlopen(request, timeout=10)


def _write_secrets(topology: Topology, mail_port: int) -> None:
    folder, ports = topology.folder, topology.ports
    master = folder / "master-key"
    master.touch(mode=0o600)
    master.write_bytes(secrets.token_bytes(32))
    public = folder / "public-key"
    public.touch(mode=0o600)
    public.write_bytes(secrets.token_bytes(32))
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={HOST}",
         "-addext", f"subjectAltName=DNS:{HOST},DNS:{PUBLIC_HOST}", "-keyout", str(folder / "tls.key"),
         "-out", str(folder / "tls.crt")],
        check=True,
        capture_output=True,
    )  # fmt: skip
    topology.environment = {
        "HONEYGUIDE_PRODUCTION": "yes",
        "HONEYGUIDE_BEHIND_PROXY": "yes",
        "HONEYGUIDE_SITE_URL": topology.url,
        "HONEYGUIDE_ALLOWED_HOSTS": HOST,
        "HONEYGUIDE_PUBLIC_URL": topology.public_url,
        "HONEYGUIDE_PUBLIC_KEY_FILE": str(public),
        "HONEYGUIDE_SECRET_KEY": secrets.token_urlsafe(48),
        "HONEYGUIDE_MASTER_KEY_FILE": str(master),
        "HONEYGUIDE_DATABASE_URL": f"postgresql://honeyguide@127.0.0.1:{ports['postgres']}/honeyguide",
        "HONEYGUIDE_REDIS_URL": f"redis://127.0.0.1:{ports['redis']}/0",
        "HONEYGUIDE_OBJECT_STORE": "s3",
        "HONEYGUIDE_S3_BUCKET": "honeyguide",
        "HONEYGUIDE_S3_ENDPOINT": f"http://127.0.0.1:{ports['s3']}",
        "HONEYGUIDE_S3_ACCESS_KEY": "testing",
        "HONEYGUIDE_S3_SECRET_KEY": "testing",
        "HONEYGUIDE_EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
        "HONEYGUIDE_VAR": str(folder / "var"),
    }


def _start_roles(topology: Topology) -> None:
    ports, gunicorn = topology.ports, [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py"]
    with ThreadPoolExecutor(2) as both:
        list(
            both.map(lambda name: topology.manage(name, "--noinput", "--verbosity", "0"), ("migrate", "collectstatic"))
        )
    topology.start(
        "web",
        [*gunicorn, "config.wsgi:application", "--worker-class", "gthread", "--threads", "8", "--workers", "1",
         "--bind", f"127.0.0.1:{ports['web']}"],
    )  # fmt: skip
    for name in ENGINES:
        topology.start(
            name,
            [*gunicorn, "config.asgi:application", "--worker-class", "asgi", "--workers", "1",
             "--bind", f"127.0.0.1:{ports[name]}"],
        )  # fmt: skip
    topology.start(
        "public",
        [*gunicorn, "config.public:application", "--worker-class", "gthread", "--threads", "4", "--workers", "1",
         "--bind", f"127.0.0.1:{ports['public']}"],
        without=("HONEYGUIDE_SECRET_KEY", "HONEYGUIDE_MASTER_KEY_FILE", "HONEYGUIDE_REDIS_URL"),
    )  # fmt: skip
    celery = [sys.executable, "-m", "celery", "-A", "config"]
    topology.start("worker", [*celery, "worker", "-c", "1", "--loglevel=WARNING"])
    topology.start("beat", [*celery, "beat", "--loglevel=WARNING"])
    configuration = topology.folder / "nginx.conf"
    configuration.write_text(_proxy_configuration(topology))
    # As root nginx would write as another user, who may not enter folders of tests.
    user = " user root;" if UNPRIVILEGED else ""
    topology.start("proxy", ["nginx", "-c", str(configuration), "-g", f"daemon off;{user}"])
    for name in ("web", *ENGINES, "public", "https"):
        wait_for_port(ports[name])


def _proxy_configuration(topology: Topology) -> str:
    ports, run = topology.ports, topology.folder / "nginx"
    run.mkdir()
    filled = {
        "RUN_DIR": str(run),
        "MIME_TYPES": "/etc/nginx/mime.types",
        "ACCESS_LOG": str(run / "access.log"),
        "HTTP_PORT": f"127.0.0.1:{ports['http']}",
        "HTTPS_PORT": f"127.0.0.1:{ports['https']}",
        "PUBLIC_PORT": str(ports["https"]),
        "HOST_NAME": HOST,
        "PUBLIC_HOST_NAME": PUBLIC_HOST,
        "PUBLIC_SERVERS": f"server 127.0.0.1:{ports['public']};",
        "TLS_CERTIFICATE": str(topology.folder / "tls.crt"),
        "TLS_KEY": str(topology.folder / "tls.key"),
        "WEB_SERVERS": f"server 127.0.0.1:{ports['web']};",
        "ENGINE_SERVERS": " ".join(f"server 127.0.0.1:{ports[name]};" for name in ENGINES),
    }
    template = (ROOT / "deploy" / "proxy.conf").read_text()
    for name, value in filled.items():
        template = template.replace("${" + name + "}", value)
    assert "${" not in template, Template(template).get_identifiers()
    return template
