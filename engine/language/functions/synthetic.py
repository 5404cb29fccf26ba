"""Dimensions whose values no table holds. The planner makes fields of them; here they are only named."""

from __future__ import annotations

from engine.language.registry import add

add("ValueList(value[, ...])", "synthetic dimension", "A dimension of these values.", kind="context")
add(
    "ValueLoop(from[, to[, step]])",
    "synthetic dimension",
    "A dimension of the numbers from one to another, by steps of 1 or of `step`.",
    kind="context",
)
