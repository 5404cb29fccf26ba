"""Walls around a reading process: memory, time, no network, no other programs, no writing of files.

A file may be made to take over its parser. So the process gives up, for good, whatever it does not
need: the kernel refuses the listed calls (seccomp, for any user), and the limits are the kernel's.
If the walls cannot be built, nothing is read.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import resource
import struct
from typing import NamedTuple

from engine.script.tables import Limits

_PR_SET_DUMPABLE = 4
_PR_SET_NO_NEW_PRIVS = 38
_SET_MODE_FILTER = 1
_ALL_THREADS = 1


class _Machine(NamedTuple):
    """Numbers of an architecture's system calls; `refused` are those that no reader needs."""

    audit: int
    seccomp: int
    clone: int
    openat: int
    refused: dict[str, int]


def _numbers(pairs: str) -> dict[str, int]:
    return {name: int(number) for name, number in (pair.split("=") for pair in pairs.split())}


_X86 = _Machine(
    0xC000003E,
    317,
    56,
    257,
    _numbers("""
    open=2 socket=41 connect=42 accept=43 bind=49 listen=50 socketpair=53 fork=57 vfork=58 execve=59 kill=62
    truncate=76 rename=82 mkdir=83 creat=85 link=86 unlink=87 symlink=88 chmod=90 fchmod=91 ptrace=101 mknod=133
    pivot_root=155 chroot=161 mount=165 umount2=166 init_module=175 tkill=200 kexec_load=246 add_key=248
    request_key=249 keyctl=250 mkdirat=258 mknodat=259 unlinkat=263 renameat=264 linkat=265 symlinkat=266
    fchmodat=268 unshare=272 accept4=288 perf_event_open=298 setns=308 process_vm_readv=310
    process_vm_writev=311 finit_module=313 renameat2=316 bpf=321 execveat=322 userfaultfd=323 io_uring_setup=425
    io_uring_enter=426 io_uring_register=427 pidfd_open=434 clone3=435 openat2=437 pidfd_getfd=438
    """),
)
_ARM = _Machine(
    0xC00000B7,
    277,
    220,
    56,
    _numbers("""
    mknodat=33 mkdirat=34 unlinkat=35 symlinkat=36 linkat=37 renameat=38 umount2=39 mount=40 pivot_root=41
    truncate=45 chroot=51 fchmod=52 fchmodat=53 unshare=97 kexec_load=104 init_module=105 ptrace=117 kill=129
    tkill=130 socket=198 socketpair=199 bind=200 listen=201 accept=202 connect=203 add_key=217 request_key=218
    keyctl=219 execve=221 perf_event_open=241 accept4=242 setns=268 process_vm_readv=270 process_vm_writev=271
    finit_module=273 renameat2=276 bpf=280 execveat=281 userfaultfd=282 io_uring_setup=425 io_uring_enter=426
    io_uring_register=427 pidfd_open=434 clone3=435 openat2=437 pidfd_getfd=438
    """),
)
_MACHINES = {"x86_64": _X86, "aarch64": _ARM, "arm64": _ARM}

_LOAD, _IF_EQUAL, _IF_BITS, _IF_AT_LEAST, _RETURN = 0x20, 0x15, 0x45, 0x35, 0x06
_ALLOW, _KILL, _REFUSE = 0x7FFF0000, 0x80000000, 0x00050000
_CLONE_THREAD = 0x00010000
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC


class CannotConfine(RuntimeError):
    """This system does not let a process give up its rights."""


def confine(limits: Limits) -> None:
    """Limit this process; it cannot be undone. Raises CannotConfine."""
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.seconds, limits.seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    most = limits.decoded_bytes + limits.decoded_bytes // 4 + 2**20
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    _die_first()
    _refuse_calls()


def _die_first() -> None:
    """When the machine runs out of memory, the reader goes before the service does."""
    try:
        with open("/proc/self/oom_score_adj", "w") as file:
            file.write("1000")
    except OSError:
        return  # a container may keep it to itself; the limits above stand


def _refuse_calls() -> None:
    machine = _MACHINES.get(platform.machine())
    if machine is None:
        raise CannotConfine(f"no list of system calls for {platform.machine()}")
    library = ctypes.CDLL(None, use_errno=True)
    if library.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) or library.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise CannotConfine(os.strerror(ctypes.get_errno()))
    code = ctypes.create_string_buffer(_program(machine))
    program = struct.pack("HxxxxxxQ", (len(code) - 1) // 8, ctypes.addressof(code))
    if library.syscall(machine.seccomp, _SET_MODE_FILTER, _ALL_THREADS, program):
        raise CannotConfine(os.strerror(ctypes.get_errno()))


def _program(machine: _Machine) -> bytes:
    """The filter: another architecture's calls kill, listed calls answer "not permitted", threads may start."""

    def step(code: int, value: int, yes: int = 0, no: int = 0) -> bytes:
        return struct.pack("HBBI", code, yes, no, value)

    refuse = step(_RETURN, _REFUSE | errno.EPERM)
    listed = [number for name, number in machine.refused.items() if name != "clone3"]
    steps = [
        step(_LOAD, 4),
        step(_IF_EQUAL, machine.audit, 1, 0),
        step(_RETURN, _KILL),
        step(_LOAD, 0),
        step(_IF_AT_LEAST, 0x40000000, 0, 1),  # the x32 names of the same calls
        step(_RETURN, _KILL),
        step(_IF_EQUAL, machine.refused["clone3"], 0, 1),  # the C library then asks with clone
        step(_RETURN, _REFUSE | errno.ENOSYS),
    ]
    for number in listed:
        steps += [step(_IF_EQUAL, number, 0, 1), refuse]
    steps += [
        step(_IF_EQUAL, machine.openat, 0, 3),
        step(_LOAD, 32),
        step(_IF_BITS, _WRITING, 0, 5),
        refuse,
        step(_IF_EQUAL, machine.clone, 0, 3),
        step(_LOAD, 16),
        step(_IF_BITS, _CLONE_THREAD, 1, 0),
        refuse,
        step(_RETURN, _ALLOW),
    ]
    return b"".join(steps)
