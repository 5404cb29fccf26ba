"""T02, I5: no access without a valid invitation, ever. Races on PostgreSQL, judged by their history afterwards."""

from __future__ import annotations

import itertools
import json
import os
from typing import Any, NamedTuple

import pytest

from tests.production.racers import ACCEPTED_BEFORE, PROCESSES, RACES, THREADS

pytestmark = pytest.mark.real

ROUNDS = int(os.environ.get("RACE_ROUNDS", "4"))
"""Of each kind; `make races` asks for more."""


class Race(NamedTuple):
    deeds: list[dict[str, Any]]
    after: dict[str, Any]

    def ok(self, *what: str) -> list[dict[str, Any]]:
        return [deed for deed in self.deeds if deed["what"] in what and deed["outcome"] == "ok"]


@pytest.fixture(scope="module")
def races(topology) -> list[Race]:
    deeds: dict[str, list[dict[str, Any]]] = {}
    found = []
    for line in topology.module("tests.production.racers", str(ROUNDS)).splitlines():
        entry = json.loads(line)
        if "race" in entry:
            found.append(Race(deeds[entry["round"]], entry))
        else:
            deeds.setdefault(entry["round"], []).append(entry)
    return found


def test_everybody_took_part(races):
    assert len(races) == ROUNDS * len(RACES)
    assert {len(race.deeds) for race in races} == {PROCESSES * THREADS}


def test_t02_single_use_race(races):
    """Fifty accept the same invitation: one does."""
    for race in races:
        assert len(race.ok("accept")) <= 1
        assert len(race.after["states"]) == 1
    assert all(len(race.ok("accept")) == 1 for race in races if race.after["race"] == "double accept")


def test_t02_no_access_without_a_valid_invitation_ever(races):
    """Whoever was let in, was so at a moment when an accepted invitation could stand: after an accept had begun, and
    not after an end was done that no later accept followed."""
    for race in races:
        accepted_before = race.after["race"] in ACCEPTED_BEFORE
        accepts = race.ok("accept")
        for opened in race.ok("open"):
            begun = accepted_before or any(accept["began"] <= opened["ended"] for accept in accepts)
            assert begun, f"{race.after['round']}: open before anybody accepted"
            for ending in race.ok("end", "stop", "unshare"):
                assert ending["ended"] >= opened["began"], f"{race.after['round']}: open after the end"
        assert race.ok("withdraw then open", "lose address then open") == []


def test_t02_who_has_only_got_the_link_changes_nothing(races):
    for race in races:
        assert race.ok("accept by another", "decline by another", "open by another") == []
        if race.after["race"] == "forwarded against accept":
            assert race.after["states"] == ["accepted"]


def test_the_end_is_what_the_deeds_say(races):
    for race in races:
        (state,) = race.after["states"]
        stands = state == "accepted" and not race.after["stopped"] and race.after["verified"]
        assert race.after["has_access"] == stands, race.after
        accepted = race.after["race"] in ACCEPTED_BEFORE or bool(race.ok("accept"))
        assert bool(race.after["taken"]) == accepted
        if state in {"accepted", "revoked", "left"}:
            assert accepted
        if state == "declined":
            assert len(race.ok("decline")) == 1
            assert not race.ok("accept")
        assert len(race.ok("stop")) <= 1
        assert len(race.ok("unshare")) <= 1
        assert not (race.ok("unshare") and race.after["has_access"]), race.after
        assert bool(race.ok("stop")) == race.after["stopped"]


def test_the_races_were_races(races):
    """In most rounds deeds of different kinds were under way at the same time, else nothing is shown."""

    def overlapped(race: Race) -> bool:
        deeds = sorted(race.deeds, key=lambda deed: deed["began"])
        return any(later["began"] < earlier["ended"] for earlier, later in itertools.pairwise(deeds))

    assert sum(map(overlapped, races)) > len(races) * 0.9
