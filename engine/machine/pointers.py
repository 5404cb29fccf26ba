"""Arrays from their addresses, for compiled code: one signature whatever the type, and nothing to unwrap at a call.
Also numbers added to others, several by one instruction.

Whoever gives an address keeps the array alive. Nothing else belongs here: the caches of compiled functions look at
their own files only, so what is imported into them must not change.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import carray, njit, types
from numba.core import cgutils
from numba.extending import intrinsic


@intrinsic
def _as_pointer(typing_context, address):
    def generate(context, builder, signature, arguments):
        return builder.inttoptr(arguments[0], cgutils.voidptr_t)

    return types.voidptr(types.int64), generate


_pointer: Any = _as_pointer  # the typing context is filled in by the compiler


@njit
def u1(address, length):
    return carray(_pointer(address), (length,), np.uint8)


@njit
def u2(address, length):
    return carray(_pointer(address), (length,), np.uint16)


@njit
def u4(address, length):
    return carray(_pointer(address), (length,), np.uint32)


@njit
def u8(address, length):
    return carray(_pointer(address), (length,), np.uint64)


@njit
def i4(address, length):
    return carray(_pointer(address), (length,), np.int32)


@njit
def i8(address, length):
    return carray(_pointer(address), (length,), np.int64)


@njit
def f8(address, length):
    return carray(_pointer(address), (length,), np.float64)


@njit
def array_of(address, length, dtype):
    return carray(_pointer(address), (length,), dtype)


def _adding(count):
    """An intrinsic that adds so many floats, at the second address, to those at the first."""

    @intrinsic
    def add(typing_context, target, source):
        def generate(context, builder, signature, arguments):
            pointer = ir.VectorType(ir.DoubleType(), count).as_pointer()
            to, given = (builder.inttoptr(address, pointer) for address in arguments)
            builder.store(builder.fadd(builder.load(to, align=8), builder.load(given, align=8)), to, align=8)
            return context.get_dummy_value()

        return types.void(types.int64, types.int64), generate

    return add


add_two: Any = _adding(2)
add_four: Any = _adding(4)
