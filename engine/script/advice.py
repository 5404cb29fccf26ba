"""Advice on how tables would link: traps, synthetic keys, circles, links that are missing.

Tables link by fields of equal name. That is a trap where equal names mean different things. The
evidence is in the values: look up the rows of one table in the other by the best key they share;
fields that then agree say the same twice, fields that differ mean different things.

A synthetic key is fine where the fields it is made of are, together, the key of one of the
tables (origin and time_hour of weather); then it is told as a fact, without remedies.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from engine.data.links import LinkPlan, plan_links
from engine.script.evidence import Evidence

ALIKE = 0.9
"""Fields of looked-up rows that agree at least so often say the same."""

FOUND = 0.3
"""A key serves as one if at least this share of rows finds its partner."""

FEW = 0.1
"""Below this share of matching values on both sides, equal names are taken for an accident."""

SUGGESTED = 0.8
"""From this share of matching values on, a link between differently named fields is suggested."""

SUGGESTED_FROM = 3
"""Distinct values that a field must have for that."""

MOST_SHARED = 12
"""Fields shared by two tables among which a key is looked for."""

GENERIC = frozenset(["id", "pk", "key", "nr", "no", "number", "index", "name", "code", "uuid", "rowid"])
"""Names that every table gives to its own."""


@dataclass
class Remedy:
    """One change that can be applied with one click: rename `field` of `table`, or leave it out."""

    action: str
    table: str
    field: str
    to: str | None
    label: str
    recommended: bool = True

    def as_dict(self) -> dict[str, Any]:
        return {
            "action": self.action,
            "table": self.table,
            "field": self.field,
            "to": self.to,
            "label": self.label,
            "recommended": self.recommended,
        }


@dataclass
class Warning:
    """Something a person should know before loading.

    kind: trap, synthetic, circle or suggestion. level: warning (should be resolved), note (fine as
    it is) or suggestion. The remedies with `recommended` together resolve it.
    """

    kind: str
    level: str
    tables: list[str]
    fields: list[str]
    message: str
    remedies: list[Remedy] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "level": self.level,
            "tables": self.tables,
            "fields": self.fields,
            "message": self.message,
            "remedies": [remedy.as_dict() for remedy in self.remedies],
        }


@dataclass(frozen=True)
class Key:
    """Fields that two tables share and that are unique in `one`; `agreeing`: how often the others agree."""

    many: str
    one: str
    fields: tuple[str, ...]
    found: float
    agreeing: dict[str, float]


class Names:
    """Which fields the tables would have if the recommended remedies found so far were applied."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self._now = {name: {f: f for f in data.column_names} for name, data in evidence.tables.items()}
        self._keys: dict[tuple[str, str, tuple[str, ...]], Key | None] = {}

    def old(self, table: str, name: str) -> str:
        """The name in the file of what would be called `name`."""
        return next(old for old, new in self._now[table].items() if new == name)

    def apply(self, remedy: Remedy) -> None:
        if remedy.action == "omit":
            self._now[remedy.table].pop(remedy.field, None)
        else:
            self._now[remedy.table][remedy.field] = str(remedy.to)

    def fields(self, table: str) -> list[str]:
        return list(self._now[table].values())

    def shared(self, one: str, other: str) -> list[str]:
        theirs = set(self.fields(other))
        return [name for name in self.fields(one) if name in theirs]

    def pairs(self) -> Iterator[tuple[str, str]]:
        yield from combinations(self._now, 2)

    def key(self, a: str, b: str) -> Key | None:
        """The best key of these two, remembered while they share the same fields."""
        asked = (a, b, tuple(self.shared(a, b)))
        if asked not in self._keys:
            self._keys[asked] = _find_key(self, a, b)
        return self._keys[asked]

    def plan(self) -> LinkPlan:
        rows = {name: data.num_rows for name, data in self.evidence.tables.items()}
        return plan_links({name: self.fields(name) for name in self._now}, rows)

    def match(self, field: str, one: str, other: str) -> tuple[float, float]:
        return self.evidence.match((one, self.old(one, field)), (other, self.old(other, field)))


def advise(evidence: Evidence) -> list[Warning]:
    """All warnings, the weightiest first; each is found as if those before it were resolved."""
    names = Names(evidence)
    warnings: list[Warning] = []
    for find in (_shared_keys, _accidents, _many_to_many, _circles, _agreed_keys, _missing_links):
        for warning in find(names):
            warnings.append(warning)
            for remedy in warning.remedies:
                if remedy.recommended and warning.level == "warning":
                    names.apply(remedy)
    order = {"warning": 0, "note": 1, "suggestion": 2}
    return sorted(warnings, key=lambda warning: order[warning.level])


def rename(table: str, field: str, recommended: bool = True) -> Remedy:
    to = f"{table}.{field}"
    return Remedy("rename", table, field, to, f"Rename {field} of {table} to {to}", recommended)


def omit(table: str, field: str, recommended: bool = True) -> Remedy:
    return Remedy("omit", table, field, None, f"Leave {field} out of {table}", recommended)


def _find_key(names: Names, a: str, b: str) -> Key | None:
    """The best of the smallest sets of shared fields that are a key of one table and find rows of the other."""
    shared = names.shared(a, b)[:MOST_SHARED]
    for size in range(1, min(len(shared), 4) + 1):
        keys = [
            key
            for fields in combinations(shared, size)
            for one, many in ((a, b), (b, a))
            if (key := _try_key(names, many, one, fields)) is not None
        ]
        if keys:
            return max(keys, key=lambda key: (key.found, sum(key.agreeing.values())))
    return None


def _try_key(names: Names, many: str, one: str, fields: tuple[str, ...]) -> Key | None:
    evidence = names.evidence
    if not evidence.is_key(one, [names.old(one, f) for f in fields]):
        return None
    others = [f for f in names.shared(many, one) if f not in fields]
    found, agreeing = evidence.joined_share(
        many,
        one,
        [(names.old(many, f), names.old(one, f)) for f in fields],
        [(names.old(many, f), names.old(one, f)) for f in others],
    )
    return Key(many, one, fields, found, dict(zip(others, agreeing, strict=True))) if found >= FOUND else None


def _shared_keys(names: Names) -> Iterator[Warning]:
    """Pairs that share a key and more: what differs is a trap, what agrees is said twice."""
    for a, b in names.pairs():
        if len(names.shared(a, b)) < 2:
            continue
        key = names.key(a, b)
        if key is None:
            continue
        by = _listed(key.fields)
        for name, agreeing in key.agreeing.items():
            if agreeing < ALIKE:
                yield Warning(
                    "trap",
                    "warning",
                    [key.one, key.many],
                    [name],
                    f"{name} means different things in {key.one} and {key.many}: where {by} is the same, it agrees in "
                    f"{_percent(agreeing)} of the rows. Left as it is, it would link only the rows where it happens "
                    "to be equal.",
                    [rename(key.one, name), omit(key.one, name, False), rename(key.many, name, False)],
                )
        alike = [name for name, agreeing in key.agreeing.items() if agreeing >= ALIKE]
        if alike:
            yield Warning(
                "synthetic",
                "warning",
                [key.one, key.many],
                [*key.fields, *alike],
                f"{key.one} and {key.many} share {len(key.fields) + len(alike)} fields and would be linked by a "
                f"synthetic key over all of them. It is enough to link them by {by}; {_listed(alike)} "
                f"{'says' if len(alike) == 1 else 'say'} the same in both.",
                [omit(key.one, name) for name in alike] + [rename(key.one, name, False) for name in alike],
            )


def _accidents(names: Names) -> Iterator[Warning]:
    """Fields of equal name whose values do not match, or that every table has for itself."""
    for a, b in names.pairs():
        for name in names.shared(a, b):
            reason = _accident(names, name, a, b)
            if reason:
                yield Warning(
                    "trap",
                    "warning",
                    [a, b],
                    [name],
                    f"{name} means different things in {a} and {b}: {reason}",
                    [rename(a, name), rename(b, name), omit(a, name, False), omit(b, name, False)],
                )


def _accident(names: Names, name: str, a: str, b: str) -> str | None:
    one, other = (names.evidence.field(table, names.old(table, name)) for table in (a, b))
    if not one.distinct or not other.distinct:
        return None
    if one.is_text != other.is_text:
        return f"it holds texts in {a if one.is_text else b} and numbers or dates in {b if one.is_text else a}."
    match = names.match(name, a, b)
    if max(match) < FEW:
        found = "none" if max(match) == 0 else f"only {_percent(max(match))}"
        return f"of its values, {found} {'is' if max(match) == 0 else 'are'} in both tables."
    if name.lower() in GENERIC and one.unique and other.unique and min(match) < ALIKE:
        return "each table counts its own rows with it."
    return None


def _many_to_many(names: Names) -> Iterator[Warning]:
    """Pairs that still share several fields which are no key of either table."""
    for a, b in names.pairs():
        shared = names.shared(a, b)
        if len(shared) < 2 or names.key(a, b) is not None:
            continue
        small = min((a, b), key=lambda table: names.evidence.tables[table].num_rows)
        best = max(shared, key=lambda name: names.evidence.field(small, names.old(small, name)).distinct)
        yield Warning(
            "synthetic",
            "warning",
            [a, b],
            shared,
            f"{a} and {b} share {len(shared)} fields ({_listed(shared)}) and would be linked by a synthetic key over "
            "all of them, which is unique in neither table. Keep the one that should link them.",
            [rename(small, name) for name in shared if name != best]
            + [omit(small, name, False) for name in shared if name != best],
        )


def _circles(names: Names) -> Iterator[Warning]:
    """Links that close a circle: break it where the values match worst, if one change does it."""
    while (plan := names.plan()).loosened:
        remedy = _break_circle(names, plan)
        fields = sorted({name for a, b in names.pairs() for name in names.shared(a, b)})
        yield Warning(
            "circle",
            "warning",
            list(plan.loosened),
            [remedy.field] if remedy else fields,
            f"The links close a circle, so that there would be two ways from one table to another; "
            f"{_listed(plan.loosened)} would be loosely coupled: selections in it would not reach the others.",
            [remedy, omit(remedy.table, remedy.field, False)] if remedy else [],
        )
        if remedy is None:
            return


def _break_circle(names: Names, plan: LinkPlan) -> Remedy | None:
    candidates = [
        (max(names.match(name, a, b)), table, name)
        for a, b in names.pairs()
        for name in names.shared(a, b)
        for table in (a, b)
    ]
    for _, table, name in sorted(candidates):
        fields = {t: [f for f in names.fields(t) if (t, f) != (table, name)] for t in names.evidence.tables}
        rows = {t: data.num_rows for t, data in names.evidence.tables.items()}
        without = plan_links(fields, rows)
        if len(without.loosened) < len(plan.loosened) and len(without.synthetics) <= len(plan.synthetics):
            return rename(table, names.old(table, name))
    return None


def _agreed_keys(names: Names) -> Iterator[Warning]:
    """Synthetic keys that are right: several fields that together are the key of one of the tables."""
    for a, b in names.pairs():
        shared = names.shared(a, b)
        key = names.key(a, b) if len(shared) > 1 else None
        if key is not None and set(key.fields) == set(shared):
            yield Warning(
                "synthetic",
                "note",
                [key.one, key.many],
                list(key.fields),
                f"{key.one} and {key.many} are linked by {_listed(key.fields)} together, which are the key of "
                f"{key.one}; {_percent(key.found)} of the rows of {key.many} find their row there.",
            )


def _missing_links(names: Names) -> Iterator[Warning]:
    """Tables that nothing links, though a key of one is found in a field of another by a different name."""
    linked = names.plan().graph.component_of
    for one in names.evidence.tables:
        found = [
            link
            for many in names.evidence.tables
            if linked.get(one) != linked.get(many)
            for link in _possible_links(names, one, many)
        ]
        if found:
            best = min(found, key=lambda link: (link.already, -link.share))
            remedies = [
                Remedy(
                    "rename",
                    one,
                    names.old(one, link.key),
                    link.name,
                    f"Rename {link.key} of {one} to {link.name}",
                    link == best,
                )
                for link in sorted(found, key=lambda link: link != best)
                if link == best or link.name != best.name
            ]
            yield Warning(
                "suggestion",
                "suggestion",
                [one, best.many],
                [best.key, best.name],
                f"Nothing links {one} to the others yet, but {_percent(best.share)} of the values of {best.name} in "
                f"{best.many} are found in {best.key} of {one}. Give both fields one name to link the tables.",
                list({remedy.to: remedy for remedy in reversed(remedies)}.values())[::-1],
            )


@dataclass(frozen=True)
class PossibleLink:
    """`share` of the values of `name` in `many` are in `key`; `already`: `name` links other tables."""

    many: str
    name: str
    key: str
    share: float
    already: bool


def _possible_links(names: Names, one: str, many: str) -> Iterator[PossibleLink]:
    evidence = names.evidence
    for key in names.fields(one):
        field = evidence.field(one, names.old(one, key))
        if not field.unique or field.distinct < SUGGESTED_FROM:
            continue
        for name in names.fields(many):
            other = evidence.field(many, names.old(many, name))
            if name in names.fields(one) or other.is_text != field.is_text or other.distinct < SUGGESTED_FROM:
                continue
            if not field.is_text and not _names_the_table(name, one, key):
                continue
            share = evidence.match((many, names.old(many, name)), (one, names.old(one, key)))[0]
            if share >= SUGGESTED:
                already = any(name in names.fields(t) for t in evidence.tables if t not in (one, many))
                yield PossibleLink(many, name, key, share, already)


def _names_the_table(name: str, table: str, key: str) -> bool:
    """Whether a field's name points to a table's key: customer_id to id of customers."""
    plain, target, end = ("".join(filter(str.isalnum, text.lower())) for text in (name, table, key))
    return plain in {target + end, target.removesuffix("s") + end, target.removesuffix("es") + end}


def _percent(share: float) -> str:
    """'0 %', 'less than 1 %', '37 %'; never 100 % for what is not all."""
    if 0 < share < 0.01:
        return "less than 1 %"
    return f"{int(share * 100)} %"


def _listed(names: Sequence[str]) -> str:
    names = list(names)
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
