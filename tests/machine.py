"""The programs that the tests need besides Python's packages: install them where that can be done, else name them."""

from __future__ import annotations

import glob
import os
import shutil
import subprocess

PROGRAMS = {
    "chromium": "chromium",
    "nginx": "nginx",
    "redis-server": "redis-server",
    "initdb": "postgresql",
    "openssl": "openssl",
}
PATH = ":".join([os.environ.get("PATH", ""), "/usr/sbin", *glob.glob("/usr/lib/postgresql/*/bin")])


def main() -> None:
    missing = [package for program, package in PROGRAMS.items() if not shutil.which(program, path=PATH)]
    if not missing:
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise SystemExit(f"The tests need these programs; install them first: {' '.join(missing)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    # Debian starts a service once it is installed; the tests start their own.
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing],
    ):
        subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
