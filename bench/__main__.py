"""All benches, one after the other: `make bench`. Each can be run alone; see its first lines, and bench/README.md."""

from __future__ import annotations

from bench import engine, publishing, sealing, stepping, walk

PARTS = {
    "Sealing": sealing,
    "The walk": walk,
    "Published charts": publishing,
    "A click": stepping,
    "The engine": engine,
}

for title, part in PARTS.items():
    print(f"\n## {title}\n", flush=True)
    part.main([])
