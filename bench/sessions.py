"""Many sessions on one app; a state that was seen before.

    python -m bench.sessions [rows]        (default: 1000000)

Eight sessions, a thread each, walk through the steps of `bench.selections`, each from another one on, and share
nothing but the data: each forgets all results at every step. A request is one whole step: the possible values of all
fields, ten cubes and four key figures. A repeated state is a step that was answered just before.
"""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bench.selections import Honeyguide, prepared, steps, timed

SESSIONS = 8
SECONDS = 5.0


def walk(engine: Any, fields: list[str], start: int, until: float) -> int:
    """Answer step after step until the time has come; how many were answered."""
    every, done = steps(), 0
    while time.perf_counter() < until:
        engine.answer(every[(start + done) % len(every)][1], fields)
        done += 1
    return done


def requests_a_second(engine: Any, fields: list[str], sessions: int) -> float:
    with ThreadPoolExecutor(sessions) as pool:
        until = time.perf_counter() + SECONDS
        walks = [pool.submit(walk, engine.session(), fields, number, until) for number in range(sessions)]
        return sum(one.result() for one in walks) / SECONDS


def repeated(engine: Honeyguide, fields: list[str]) -> float:
    """Milliseconds of the slowest step that is answered a second time."""
    slowest = 0.0
    for _, step in steps():
        engine.answer(step, fields)
        slowest = max(slowest, min(timed(lambda s=step: engine.answer_again(s, fields)) for _ in range(5)))
    return slowest


def rates(engines: dict[str, Any], fields: list[str]) -> dict[str, dict[str, float]]:
    """Requests a second of every engine, by number of sessions."""
    found: dict[str, dict[str, float]] = {}
    for name, engine in engines.items():
        engine.answer({}, fields)
        found[name] = {str(sessions): requests_a_second(engine, fields, sessions) for sessions in (1, SESSIONS)}
    return found


def show(found: dict[str, dict[str, float]]) -> None:
    print(f"{'':20}{'1 session':>12}{f'{SESSIONS} sessions':>14}")
    for name, spent in found.items():
        print(f"{name:20}{spent['1']:10.1f}/s{spent[str(SESSIONS)]:12.1f}/s")


def main(arguments: list[str]) -> None:
    rows = int(arguments[0]) if arguments else 1_000_000
    engines, fields = prepared(rows)
    print(f"\n{rows:,} rows, requests a second")
    show(rates(engines, fields))
    print(f"a repeated state, Honeyguide: {repeated(engines['Honeyguide'], fields):.2f} ms")


if __name__ == "__main__":
    main(sys.argv[1:])
