"""The picture of the figures: `python -m bench.picture docs/speed.json docs/speed.svg`.

Drawn without a background, in colours that can be read on light and on dark pages.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

INK, GRID = "#7d7d7d", "#7d7d7d40"
COLOURS = {"Honeyguide": "#d97706", "Polars": "#4b83c9", "DuckDB": "#35a06a", "pre-aggregated": "#a06cc8"}
NAMES = {"pre-aggregated": "DuckDB, pre-aggregated"}


def rounded(value: Any) -> Any:
    """Figures with as many digits as they are worth."""
    if isinstance(value, dict):
        return {name: rounded(inside) for name, inside in value.items()}
    return float(f"{value:.3g}") if isinstance(value, float) else value


def draw(source: Path, target: Path) -> None:
    found = json.loads(source.read_text())
    mpl.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "speed", "font.size": 9, "font.family": "sans-serif"})
    for name in ("text.color", "axes.labelcolor", "xtick.color", "ytick.color", "axes.edgecolor"):
        mpl.rcParams[name] = INK
    figure = Figure(figsize=(9.2, 6.2), layout="constrained")
    figure.patch.set_alpha(0)
    for axes, panel in zip(figure.subplots(2, 2).flat, (_growth, _warm, _sessions, _memory), strict=True):
        axes.patch.set_alpha(0)
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(axis="y", color=GRID, linewidth=0.6)
        axes.set_axisbelow(True)
        panel(axes, found)
    figure.savefig(target, format="svg", metadata={"Date": None})


def _growth(axes: Axes, found: dict[str, Any]) -> None:
    for name, sizes in found["growth"].items():
        rows = [int(size) for size in sizes]
        axes.plot(rows, [at["ms"] for at in sizes.values()], marker="o", color=COLOURS[name], label=name)
    axes.set(xscale="log", yscale="log", xlabel="rows", ylabel="ms")
    axes.set_title("12 selections, cold: everything answered anew")
    axes.legend(frameon=False)


def _warm(axes: Axes, found: dict[str, Any]) -> None:
    sizes = found["sizes"]
    names = [name for name in COLOURS if any(name in step for step in next(iter(sizes.values()))["warm"].values())]
    width = 0.8 / len(names)
    for at, name in enumerate(names):
        heights = [_middle([step[name] for step in size["warm"].values()]) for size in sizes.values()]
        places = [place + (at - (len(names) - 1) / 2) * width for place in range(len(sizes))]
        axes.bar(places, heights, width, color=COLOURS[name], label=NAMES.get(name, name))
    axes.set_xticks(range(len(sizes)), [f"{int(rows):,}" for rows in sizes])
    axes.set(yscale="log", xlabel="rows", ylabel="ms, median of the steps")
    axes.set_ylim(top=axes.get_ylim()[1] * 8)  # room for the legend
    axes.set_title("Another value of the same field")
    axes.legend(frameon=False)


def _sessions(axes: Axes, found: dict[str, Any]) -> None:
    rates = found["sessions"]["rates"]
    for at, (name, of_engine) in enumerate(rates.items()):
        places = [place + (at - (len(rates) - 1) / 2) * 0.26 for place in range(len(of_engine))]
        bars = axes.bar(places, list(of_engine.values()), 0.26, color=COLOURS[name], label=name)
        axes.bar_label(bars, fmt="%.0f", color=INK)
    counts = next(iter(rates.values()))
    axes.set_xticks(range(len(counts)), [f"{count} session{'s' if count != '1' else ''}" for count in counts])
    axes.set_ylabel("selections answered a second")
    axes.set_title(f"Sessions at once, {found['sessions']['rows']:,} rows")


def _memory(axes: Axes, found: dict[str, Any]) -> None:
    names = list(found["growth"])
    heights = [list(found["growth"][name].values())[-1]["bytes"] for name in names]
    bars = axes.bar(names, heights, 0.5, color=[COLOURS[name] for name in names])
    axes.bar_label(bars, fmt="%.0f", color=INK)
    axes.set_ylabel("bytes a row")
    axes.set_title("Memory of the data")


def _middle(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


if __name__ == "__main__":
    draw(Path(sys.argv[1]), Path(sys.argv[2]))
