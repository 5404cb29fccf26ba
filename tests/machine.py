"""The programs that the tests need besides Python's packages: install them where that can be done, else name them.

python -m tests.machine [more...]        more: programs needed besides, named as their Debian packages
"""

from __future__ import annotations

import glob
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence

PROGRAMS = {
    "chromium": "chromium",
    "nginx": "nginx",
    "redis-server": "redis-server",
    "initdb": "postgresql",
    "openssl": "openssl",
}
PATH = ":".join([os.environ.get("PATH", ""), "/usr/sbin", *glob.glob("/usr/lib/postgresql/*/bin")])


def main(more: Sequence[str] = ()) -> None:
    programs = {**PROGRAMS, **{name: name for name in more}}
    missing = [package for program, package in programs.items() if not shutil.which(program, path=PATH)]
    if not missing:
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise SystemExit(f"These programs are needed; install them first: {' '.join(missing)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    # Debian starts a service once it is installed; the tests start their own.
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing],
    ):
        subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main(sys.argv[1:])
