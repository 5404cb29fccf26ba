"""Pages: which part of a result is sent. Pages that reach beyond the result are clipped to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.compute.definitions import Tree
from engine.errors import PagesTooLarge

MAX_CELLS = 10_000
"""Cells that all pages of one request may have together."""


class Area(NamedTuple):
    """A rectangle of cells that lies within the result."""

    left: int
    top: int
    width: int
    height: int

    @property
    def rows(self) -> slice:
        return slice(self.top, self.top + self.height)

    @property
    def columns(self) -> slice:
        return slice(self.left, self.left + self.width)

    def layout(self) -> Tree:
        return {"qLeft": self.left, "qTop": self.top, "qWidth": self.width, "qHeight": self.height}


def clip(page: Tree, width: int, height: int) -> Area:
    """The part of a requested page that a result of that size has."""
    left, top = (max(0, int(page.get(name) or 0)) for name in ("qLeft", "qTop"))
    wide, high = (max(0, int(page.get(name) or 0)) for name in ("qWidth", "qHeight"))
    left, top = min(left, width), min(top, height)
    return Area(left, top, min(wide, width - left), min(high, height - top))


def check_size(areas: Sequence[Area]) -> None:
    """Raises PagesTooLarge if the pages have more cells than one request may fetch."""
    cells = sum(area.width * area.height for area in areas)
    if cells > MAX_CELLS:
        raise PagesTooLarge(f"{cells:,} cells are asked for; at most {MAX_CELLS:,} can be fetched at once.")


def tails(keys: npt.NDArray[np.int32], area: Area) -> list[Tree]:
    """For each dimension: how many rows of the page's first and last group lie above and below the page."""
    if not area.height:
        return []
    first, last = area.top, area.top + area.height - 1
    found = []
    for depth in range(1, keys.shape[1] + 1):
        up = _run(keys[:first][::-1, :depth], keys[first, :depth])
        down = _run(keys[last + 1 :, :depth], keys[last, :depth])
        found.append({"qUp": up, "qDown": down})
    return found


def _run(keys: npt.NDArray[np.int32], group: npt.NDArray[np.int32]) -> int:
    """How many of the first rows belong to the group."""
    same = (keys == group).all(axis=1)
    return len(same) if same.all() else int(np.argmin(same))
