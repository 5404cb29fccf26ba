"""The slow reference: what the engine has to answer, written from the semantics and from nothing else.

Plain Python: tables are lists of dicts, links are nested loops, NULL is None. It imports nothing of the engine, has
no codes, no caches and no vectors. A value is a number or a text. Tables link where they share field names, all of
which have to be equal and not NULL; the links must form a forest (no circles).

Row expressions are nested tuples, so that they can be drawn at random, printed for the engine and evaluated here:
("field", name), ("number", x), ("+", a, b) ..., ("if", condition, a, b); aggregates are Measure nodes:
("Sum", distinct, expression), ("Correl", distinct, x, y); arithmetic over aggregates uses the same tuples.
("within", set, aggregate) has a set expression: ("$",), ("1",), ("0",), (operator, set, set) or ("modified", set,
((field, operator, elements), ...)). Elements are None, ("values", {...}), ("field", name), ("P", set, field),
("E", set, field) or (operator, elements, elements). ("aggr", measure, (field, ...)) inside of an aggregate is Aggr().
"""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

Value = float | int | str | None
Row = dict[str, Value]
Expression = tuple[Any, ...]
Selections = Mapping[str, set[Any]]
Records = Selections | tuple[Any, ...]
"""What selections make possible, or (operator, records, records): two sets of rows combined."""
Key = tuple[Value, ...]
Link = tuple[str, ...]
"""The fields that two tables share."""


class Reference:
    """An app's tables, in load order."""

    def __init__(self, tables: Mapping[str, Mapping[str, Sequence[Value]]]) -> None:
        self.fields_of = {name: list(columns) for name, columns in tables.items()}
        self.rows_of: dict[str, list[Row]] = {
            name: [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
            for name, columns in tables.items()
        }

    def with_column(self, table: str, name: str, expression: Expression) -> Reference:
        """The same app with a calculated dimension as one more field of a table."""
        grown = Reference({})
        grown.fields_of = {t: [*fields, name] if t == table else fields for t, fields in self.fields_of.items()}
        grown.rows_of = {
            t: [{**row, name: evaluate(expression, row)} if t == table else row for row in rows]
            for t, rows in self.rows_of.items()
        }
        return grown

    # -- the tree of tables

    def holders(self, field: str) -> list[str]:
        return [table for table, fields in self.fields_of.items() if field in fields]

    def links(self, table: str) -> list[tuple[Link, str]]:
        """(shared fields, other table) for every table that shares fields with this one."""
        others = [(other, fields) for other, fields in self.fields_of.items() if other != table]
        shared = [(tuple(f for f in self.fields_of[table] if f in fields), other) for other, fields in others]
        return [(link, other) for link, other in shared if link]

    def side(self, table: str, came: Link) -> list[str]:
        """The tables of the side one enters through the link `came`: `table` and what lies behind it."""
        found = [table]
        for link, other in self.links(table):
            if not set(link) & set(came):
                found += self.side(other, link)
        return found

    def component(self, table: str) -> set[str]:
        """All tables that are linked with this one, directly or not."""
        return set(self.side(table, ()))

    def path(self, start: str, goal: Callable[[str], bool]) -> list[tuple[Link, str]] | None:
        """The steps (link, table) from `start` to the nearest table that meets `goal`."""
        paths: list[tuple[list[tuple[Link, str]], str, Link]] = [([], start, ())]
        while paths:
            steps, table, came = paths.pop(0)
            if goal(table):
                return steps
            for link, other in self.links(table):
                if not set(link) & set(came):
                    paths.append(([*steps, (link, other)], other, link))
        return None

    # -- what is possible

    def is_possible(self, table: str, row: Row, selections: Selections, came: Link = ()) -> bool:
        """Whether a row meets the selections in its own fields and links to such a row on every side where
        something is selected. `came`: the link it was reached through; that side is not asked again."""
        for field, chosen in selections.items():
            if field in row and row[field] not in chosen:
                return False
        return all(
            any(self.partners(row, link, other, selections))
            for link, other in self.links(table)
            if not set(link) & set(came) and self.is_selected_on(self.side(other, link), link, selections)
        )

    def is_selected_on(self, side: Sequence[str], link: Link, selections: Selections) -> bool:
        """Whether something is selected on a side; the fields of the link are the row's own."""
        return any(f in self.fields_of[table] for table in side for f in selections if f not in link)

    def partners(self, row: Row, link: Link, other: str, selections: Selections) -> list[Row]:
        """The possible rows of another table that a row links to."""
        return [
            partner
            for partner in self.rows_of[other]
            if all(row[f] is not None and row[f] == partner[f] for f in link)
            and self.is_possible(other, partner, selections, link)
        ]

    def possible_rows(self, table: str, records: Records) -> list[Row]:
        if not isinstance(records, tuple):
            return [row for row in self.rows_of[table] if self.is_possible(table, row, records)]
        op, left, right = records
        return self._combined(table, op, self.possible_rows(table, left), self.possible_rows(table, right))

    def linking_rows(self, table: str, records: Records) -> list[Row]:
        """The rows over which rows of a set are linked: of a difference those of its first side."""
        if not isinstance(records, tuple):
            return self.possible_rows(table, records)
        op, left, right = records
        if op == "-":
            return self.linking_rows(table, left)
        both = self.linking_rows(table, left), self.linking_rows(table, right)
        return self._combined(table, "*" if op == "*" else "+", *both)

    def _combined(self, table: str, op: str, left: list[Row], right: list[Row]) -> list[Row]:
        in_left, in_right = {id(row) for row in left}, {id(row) for row in right}
        wanted = COMBINE[op]
        return [row for row in self.rows_of[table] if wanted(id(row) in in_left, id(row) in in_right)]

    def values(self, field: str) -> list[Value]:
        """The distinct values in load order."""
        found = [row[field] for table in self.holders(field) for row in self.rows_of[table]]
        return list(dict.fromkeys(value for value in found if value is not None))

    def possible_values(self, field: str, records: Records) -> set[Value]:
        found = {row[field] for table in self.holders(field) for row in self.possible_rows(table, records)}
        return found - {None}

    def states(self, field: str, selections: Selections, locked: frozenset[str] = frozenset()) -> dict[Value, str]:
        """The state of each value: S L O A X XS XL."""
        possible = self.possible_values(field, selections)
        if field not in selections:
            return {value: "O" if value in possible else "X" for value in self.values(field)}
        lifted = {name: chosen for name, chosen in selections.items() if name != field}
        alternative = self.possible_values(field, lifted)
        inside, outside = ("L", "XL") if field in locked else ("S", "XS")
        states = {}
        for value in self.values(field):
            if value in selections[field]:
                states[value] = inside if value in possible else outside
            else:
                states[value] = "A" if value in alternative else "X"
        return states

    def frequencies(self, field: str, selections: Selections) -> dict[Value, int]:
        """How many possible rows of the longest table with this field hold each value."""
        table = max(self.holders(field), key=lambda name: len(self.rows_of[name]))
        held = [row[field] for row in self.possible_rows(table, selections)]
        return {value: held.count(value) for value in self.values(field)}

    # -- set expressions

    def records(self, node: Expression, selections: Selections) -> Records:
        """What a set expression means."""
        if node[0] == "$":
            return selections
        if node[0] in ("1", "0"):
            return {} if node[0] == "1" else ("-", {}, {})
        if node[0] == "modified":
            return self._modified(self.records(node[1], selections), node[2], selections)
        return (node[0], self.records(node[1], selections), self.records(node[2], selections))

    def _modified(self, base: Records, modifiers: Sequence[Any], selections: Selections) -> Records:
        if isinstance(base, tuple):
            return (base[0], *(self._modified(part, modifiers, selections) for part in base[1:]))
        found, empty = dict(base), {}
        for field, op, elements in modifiers:
            chosen = self._elements(field, elements, base, selections)
            if op != "=" and elements is not None:
                own = base.get(field)
                chosen = self._operated(field, op[0], own, chosen)
            found.pop(field, None)
            empty.pop(field, None)
            if chosen:
                found[field] = chosen
            elif chosen is not None:
                empty[field] = set(self.values(field))
        records: Records = found
        for field, every in empty.items():
            records = ("-", records, {**found, field: every})
        return records

    def _elements(self, field: str, node: Any, base: Selections, selections: Selections) -> set[Value] | None:
        """The values of a field that elements mean; None if they lift the selection."""
        if node is None:
            return None
        if node[0] == "values":
            return {value for value in self.values(field) if value in node[1]}
        if node[0] == "field":
            return {v for v in self.values(field) if v in base[node[1]]} if node[1] in base else None
        if node[0] in ("P", "E"):
            possible = self.possible_values(node[2], self.records(node[1], selections))
            wanted = possible if node[0] == "P" else set(self.values(node[2])) - possible
            return {value for value in self.values(field) if value in wanted}
        parts = (self._elements(field, part, base, selections) for part in node[1:])
        return self._operated(field, node[0], *parts)

    def _operated(self, field: str, op: str, left: set[Value] | None, right: set[Value] | None) -> set[Value]:
        """Nothing selected means every value."""
        one, other = (set(self.values(field)) if part is None else part for part in (left, right))
        return {value for value in self.values(field) if COMBINE[op](value in one, value in other)}

    # -- joining

    def joined(self, table: str, row: Row, fields: Sequence[str], records: Records) -> Iterator[Row]:
        """The row with the fields of the nearest linked tables that hold them, once for every way to join it.

        Only possible rows are joined; where there is none, the fields are NULL.
        """
        yield from self._walk(table, row, (), set(fields), records)

    def _walk(self, table: str, row: Row, came: Link, wanted: set[str], records: Records) -> Iterator[Row]:
        own = {field: row[field] for field in wanted if field in row}
        branches = []
        for link, other in self.links(table):
            behind = {f for t in self.side(other, link) for f in self.fields_of[t]}
            missing = (wanted - set(own)) & behind
            if not set(link) & set(came) and missing:
                branches.append(list(self._across(row, link, other, missing, records)))
        for parts in itertools.product(*branches):
            yield own | {field: value for part in parts for field, value in part.items()}

    def _across(self, row: Row, link: Link, other: str, missing: set[str], records: Records) -> Iterator[Row]:
        partners = [
            partner
            for partner in self.linking_rows(other, records)
            if all(row[f] is not None and row[f] == partner[f] for f in link)
        ]
        for partner in partners:
            yield from self._walk(other, partner, link, missing, records)
        if not partners:
            yield dict.fromkeys(missing)

    # -- hypercubes

    def base_of(self, fields: Sequence[str], dimensions: Sequence[str]) -> str | None:
        """The table whose rows an aggregate over these fields runs over; None: over one row of nothing."""
        if not fields:
            if not dimensions:
                return None
            return self.longest(self.holders(dimensions[0]))
        holding = [t for t in self.fields_of if all(field in self.fields_of[t] for field in fields)]
        if holding:
            return self.longest(holding)
        leading = [t for t in self.fields_of if set(fields) & set(self.fields_of[t]) and self.leads_to(t, fields)]
        return self.longest(leading) if leading else None

    def bases_of(self, aggregate: Expression, dimensions: Sequence[str]) -> list[str]:
        """The tables whose rows an aggregate runs over: one, or all that hold the key that it looks at alone, where it
        does not matter how often a value occurs; none: it runs over one row of nothing."""
        fields = fields_in(aggregate)
        if len(fields) == 1 and not aggrs_in(aggregate) and (aggregate[1] or aggregate[0] in COUNTED_ONCE):
            return self.holders(fields[0])
        base = self.base_of(fields, dimensions)
        return [] if base is None else [base]

    def leads_to(self, table: str, fields: Sequence[str]) -> bool:
        """Whether each row of the table has one value at most of every field, over links N:1."""
        for field in fields:
            path = self.path(table, lambda other, field=field: field in self.fields_of[other])
            if path is None or not all(self.is_unique(other, link) for link, other in path):
                return False
        return True

    def is_unique(self, table: str, link: Link) -> bool:
        """Whether a link leads to one row of the table at most."""
        keys = [tuple(row[f] for f in link) for row in self.rows_of[table] if all(row[f] is not None for f in link)]
        return len(keys) == len(set(keys))

    def longest(self, tables: Sequence[str]) -> str:
        return max(tables, key=lambda name: len(self.rows_of[name]))

    def cube(
        self, dimensions: Sequence[str], measures: Sequence[Expression], selections: Selections
    ) -> dict[Key, list[Value]]:
        """The measures for each combination of dimension values; None in a key is the null group."""
        keys = self.keys(dimensions, measures, selections)
        return {key: [self.measure(one, dimensions, key, selections) for one in measures] for key in keys}

    def keys(self, dimensions: Sequence[str], measures: Sequence[Expression], selections: Selections) -> list[Key]:
        """Combinations that are linked to a possible row of a table that an aggregate runs over or that holds a
        dimension; dimensions of tables that nothing links are crossed."""
        if not dimensions:
            return [()]
        scoped = [
            (base, self.records(within, selections))
            for m in measures
            for within, one in scoped_aggregates(m)
            if not aggrs_in(one) or fields_beside(one)
            for base in self.bases_of(one, dimensions)
        ]
        holders = {t for d in dimensions for t in self.holders(d)}
        groups: list[list[dict[str, Value]]] = []
        for component in self.components():
            own = [d for d in dimensions if set(self.holders(d)) & component]
            if own:
                here = [(base, records) for base, records in scoped if base in component]
                sets: list[Records] = [selections, *(records for _, records in here)]
                looked_at = [*here, *itertools.product(holders & component, sets)]
                found = [
                    tuple(joined[d] for d in own)
                    for table, records in looked_at
                    for row in self.possible_rows(table, records)
                    for joined in self.joined(table, row, own, records)
                ]
                found += [
                    key
                    for one in (aggr for m in measures for part in aggregates_in(m) for aggr in self._alone(part))
                    if self._linked_with(one[2], dimensions) == own
                    for key in self._linked_keys(one, own, selections)
                ]
                groups.append([dict(zip(own, key, strict=True)) for key in dict.fromkeys(found)])
        merged = [{f: v for part in parts for f, v in part.items()} for parts in itertools.product(*groups)]
        return [tuple(one[d] for d in dimensions) for one in merged]

    def components(self) -> list[set[str]]:
        found: list[set[str]] = []
        for table in self.fields_of:
            if not any(table in component for component in found):
                found.append(self.component(table))
        return found

    def measure(self, node: Expression, dimensions: Sequence[str], key: Key, selections: Selections) -> Value:
        """One measure for one combination of dimension values; () for the grand total."""
        if node[0] == "within":
            return self.aggregate(node[2], dimensions, key, self.records(node[1], selections))
        if node[0] in AGGREGATES:
            return self.aggregate(node, dimensions, key, selections)
        arguments = [
            self.measure(one, dimensions, key, selections) if isinstance(one, tuple) else one for one in node[1:]
        ]
        return OPERATIONS[node[0]](*arguments)

    def aggregate(self, node: Expression, dimensions: Sequence[str], key: Key, records: Records) -> Value:
        name, distinct, *arguments = node
        if aggrs_in(node) and not fields_beside(node):
            return self._over_aggr(node, dimensions, key, records)
        looked_up = {one: self._aggr_values(one, records) for one in aggrs_in(node)}
        bases = self.bases_of(node, dimensions)
        if not bases:
            return KERNELS[name]([tuple(evaluate(one, {}) for one in arguments)])
        linked = [d for d in dimensions if set(self.holders(d)) & self.component(bases[0])] if key else []
        wanted = tuple(value for d, value in zip(dimensions, key, strict=False) if d in linked)
        values = []
        for base in bases:
            for row in self.possible_rows(base, records):
                combinations = {tuple(j[d] for d in linked) for j in self.joined(base, row, linked, records)}
                if wanted in combinations:
                    read: dict[Any, Value] = next(self.joined(base, row, fields_in(node), {}))
                    read |= {one: table.get(tuple(read[d] for d in one[2])) for one, table in looked_up.items()}
                    values.append(tuple(evaluate(one, read) for one in arguments))
        return KERNELS[name](list(dict.fromkeys(values)) if distinct else values)

    def _aggr_values(self, node: Expression, records: Selections) -> dict[Key, Value]:
        """The rows of Aggr() and their values."""
        return {key: values[0] for key, values in self.cube(node[2], [node[1]], records).items()}

    def _alone(self, node: Expression) -> list[Expression]:
        """The Aggr() whose rows an aggregate runs over."""
        return [] if fields_beside(node) else aggrs_in(node)

    def _linked_with(self, fields: Sequence[str], dimensions: Sequence[str]) -> list[str]:
        """The dimensions that the rows of Aggr() by these fields are linked with."""
        reached = {table for field in fields for holder in self.holders(field) for table in self.component(holder)}
        return [d for d in dimensions if set(self.holders(d)) & reached]

    def _linked_keys(self, node: Expression, dimensions: Sequence[str], records: Selections) -> list[Key]:
        """The combinations of dimension values that rows of Aggr() are linked with."""
        every = [*node[2], *(d for d in dimensions if d not in node[2])]
        table = self._aggr_values(node, records)
        keys = [key for key in self.keys(every, [node[1]], records) if key[: len(node[2])] in table]
        return [tuple(key[every.index(d)] for d in dimensions) for key in keys]

    def _over_aggr(self, node: Expression, dimensions: Sequence[str], key: Key, records: Selections) -> Value:
        """An aggregate over the rows of Aggr() that are linked with a combination of dimension values."""
        (aggr,) = aggrs_in(node)
        own = list(aggr[2])
        wanted = {d: v for d, v in zip(dimensions, key, strict=False) if d in self._linked_with(own, dimensions)}
        every = [*own, *(d for d in wanted if d not in own)]
        table = self._aggr_values(aggr, records)
        rows = dict.fromkeys(
            row[: len(own)]
            for row in self.keys(every, [aggr[1]], records)
            if row[: len(own)] in table
            and all(wanted.get(d, value) == value for d, value in zip(every, row, strict=True))
        )
        values = [
            tuple(evaluate(one, {aggr: table[row]} | dict(zip(own, row, strict=True))) for one in node[2:])
            for row in rows
        ]
        return KERNELS[node[0]](list(dict.fromkeys(values)) if node[1] else values)

    def total(self, node: Expression, dimensions: Sequence[str], selections: Selections) -> Value:
        """The grand total: every possible row once."""
        return self.measure(node, dimensions, (), selections)


# -- expressions


def fields_in(node: Expression) -> list[str]:
    if node[0] == "field":
        return [node[1]]
    if node[0] == "within":
        return fields_in(node[2])
    if node[0] == "aggr":
        return list(node[2])
    inner = [field for part in node[1:] if isinstance(part, tuple) for field in fields_in(part)]
    return list(dict.fromkeys(inner))


def aggrs_in(node: Expression) -> list[Expression]:
    """The Aggr() calls in an aggregate."""
    if node[0] == "aggr":
        return [node]
    return list(dict.fromkeys(found for part in node[1:] if isinstance(part, tuple) for found in aggrs_in(part)))


def fields_beside(node: Expression) -> list[str]:
    """The fields beside Aggr() that are none of its dimensions."""
    by = {field for one in aggrs_in(node) for field in one[2]}
    return [field for field in fields_in(node) if field not in by]


def aggregates_in(node: Expression) -> list[Expression]:
    return [found for _, found in scoped_aggregates(node)]


def scoped_aggregates(node: Expression) -> list[tuple[Expression, Expression]]:
    """The aggregates with their sets."""
    if node[0] in AGGREGATES:
        return [(("$",), node)]
    if node[0] == "within":
        return [(node[1], node[2])]
    return [found for part in node[1:] if isinstance(part, tuple) for found in scoped_aggregates(part)]


def evaluate(node: Expression, row: Mapping[Any, Value]) -> Value:
    if node[0] == "field":
        return row[node[1]]
    if node[0] == "aggr":
        return row[node]
    return OPERATIONS[node[0]](*(evaluate(part, row) if isinstance(part, tuple) else part for part in node[1:]))


def printed(node: Expression) -> str:
    """The expression as the language writes it."""
    if node[0] == "field":
        return f"[{node[1]}]"
    if node[0] == "number":
        return f"({node[1]})"
    if node[0] == "aggr":
        return f"Aggr({printed(node[1])}, {', '.join(f'[{field}]' for field in node[2])})"
    if node[0] == "within":
        inner = printed(node[2])
        at = inner.index("(") + 1
        return f"{inner[:at]}{{{printed_set(node[1])}}} {inner[at:]}"
    if node[0] in AGGREGATES:
        return f"{node[0]}({'DISTINCT ' if node[1] else ''}{', '.join(printed(one) for one in node[2:])})"
    if node[0] == "if":
        return f"If({', '.join(printed(part) for part in node[1:])})"
    return f"({printed(node[1])} {node[0]} {printed(node[2])})"


def printed_set(node: Expression) -> str:
    if len(node) == 1:
        return str(node[0])
    if node[0] == "modified":
        modifiers = (f"[{field}]{op}{_printed_elements(elements)}" for field, op, elements in node[2])
        return f"{printed_set(node[1])}<{', '.join(modifiers)}>"
    return f"({printed_set(node[1])} {node[0]} {printed_set(node[2])})"


def _printed_elements(node: Any) -> str:
    if node is None:
        return ""
    if node[0] == "values":
        texts = (f"'{value}'" if isinstance(value, str) else str(value) for value in sorted(node[1], key=str))
        return f"{{{', '.join(texts)}}}"
    if node[0] == "field":
        return f"[{node[1]}]"
    if node[0] in ("P", "E"):
        return f"{node[0]}({{{printed_set(node[1])}}} [{node[2]}])"
    return f"({_printed_elements(node[1])} {node[0]} {_printed_elements(node[2])})"


COMBINE: dict[str, Callable[[bool, bool], bool]] = {
    "+": lambda a, b: a or b,
    "-": lambda a, b: a and not b,
    "*": lambda a, b: a and b,
    "/": lambda a, b: a != b,
}


def _arithmetic(operation: Callable[[Any, Any], Any]) -> Callable[[Value, Value], Value]:
    """NULL, and texts that are no numbers, make NULL."""

    def apply(a: Value, b: Value) -> Value:
        return operation(a, b) if isinstance(a, int | float) and isinstance(b, int | float) else None

    return apply


def _comparison(operation: Callable[[Any, Any], bool], against_null: bool) -> Callable[[Value, Value], Value]:
    """-1 for true. NULL against NULL is NULL; NULL against a value is only ever `<>` it. Numbers are compared as
    numbers, anything else as texts."""

    def apply(a: Value, b: Value) -> Value:
        if a is None or b is None:
            return None if a is b else -int(against_null)
        if isinstance(a, str) or isinstance(b, str):
            a, b = str(a), str(b)
        return -int(operation(a, b))

    return apply


def _divide(a: Any, b: Any) -> Value:
    return a / b if b else None


def _if(condition: Value, yes: Value, no: Value) -> Value:
    return yes if condition not in (None, 0) and not isinstance(condition, str) else no


OPERATIONS: dict[str, Callable[..., Value]] = {
    "number": lambda value: value,
    "+": _arithmetic(lambda a, b: a + b),
    "-": _arithmetic(lambda a, b: a - b),
    "*": _arithmetic(lambda a, b: a * b),
    "/": _arithmetic(_divide),
    "=": _comparison(lambda a, b: a == b, False),
    "<>": _comparison(lambda a, b: a != b, True),
    "<": _comparison(lambda a, b: a < b, False),
    ">=": _comparison(lambda a, b: a >= b, False),
    "if": _if,
}


Rows = Sequence[tuple[Value, ...]]
"""The arguments of an aggregate, row by row."""


def _known(rows: Rows) -> list[Any]:
    return [row[0] for row in rows if row[0] is not None]


def _numbers(rows: Rows) -> list[float]:
    return [row[0] for row in rows if isinstance(row[0], int | float)]


def _pairs(rows: Rows) -> list[tuple[float, float]]:
    return [(x, y) for x, y in rows if isinstance(x, int | float) and isinstance(y, int | float)]


def _only(rows: Rows) -> Value:
    distinct = list(dict.fromkeys(_known(rows)))
    return distinct[0] if len(distinct) == 1 else None


def _mode(rows: Rows) -> Value:
    counts = [(_known(rows).count(value), value) for value in dict.fromkeys(_known(rows))]
    most = [value for count, value in counts if count == max(counts, key=lambda pair: pair[0])[0]]
    return most[0] if len(most) == 1 else None


def _first_sorted_value(rows: Rows) -> Value:
    """Weights are numbers here."""
    weighted = [(weight, value) for value, weight in rows if weight is not None]
    least = [value for weight, value in weighted if weight == min(weight for weight, _ in weighted)]
    return least[0] if len(least) == 1 else None


def _greatest(rows: Rows) -> Value:
    """The largest number, or the n-th largest of the different ones."""
    rank = int(rows[0][1] or 0) if rows and len(rows[0]) > 1 else 1
    distinct = sorted(set(_numbers(rows)), reverse=True)
    return distinct[rank - 1] if len(distinct) >= rank else None


def _regression(rows: Rows) -> Value:
    """The slope of the second argument over the first, by the textbook."""
    pairs = _pairs([(x, y) for y, x in rows])
    if len({x for x, _ in pairs}) < 2:
        return None
    return statistics.linear_regression([x for x, _ in pairs], [y for _, y in pairs]).slope


def _correlation(rows: Rows) -> Value:
    pairs = _pairs(rows)
    if len({x for x, _ in pairs}) < 2 or len({y for _, y in pairs}) < 2:
        return None
    return statistics.correlation([x for x, _ in pairs], [y for _, y in pairs])


def _fractile(rows: Rows) -> Value:
    numbers = sorted(_numbers(rows))
    if not numbers:
        return None
    place = rows[0][1] * (len(numbers) - 1)
    low = int(place)
    high = min(low + 1, len(numbers) - 1)
    return numbers[low] + (numbers[high] - numbers[low]) * (place - low)


COUNTED_ONCE = ("Min", "Max", "Only")
"""Aggregates to which it does not matter how often a value occurs."""

KERNELS: dict[str, Callable[[Rows], Value]] = {
    "Sum": lambda rows: sum(_numbers(rows)),
    "Count": lambda rows: len(_known(rows)),
    "Avg": lambda rows: sum(_numbers(rows)) / len(_numbers(rows)) if _numbers(rows) else None,
    "Min": lambda rows: min(_numbers(rows), default=None),
    "Max": _greatest,
    "Only": _only,
    "Mode": _mode,
    "NumericCount": lambda rows: len(_numbers(rows)),
    "TextCount": lambda rows: len(_known(rows)) - len(_numbers(rows)),
    "NullCount": lambda rows: len(rows) - len(_known(rows)),
    "MissingCount": lambda rows: len(rows) - len(_numbers(rows)),
    "Median": lambda rows: statistics.median(_numbers(rows)) if _numbers(rows) else None,
    "Fractile": _fractile,
    "Stdev": lambda rows: statistics.stdev(_numbers(rows)) if len(_numbers(rows)) > 1 else None,
    "FirstSortedValue": _first_sorted_value,
    "LINEST_M": _regression,
    "Correl": _correlation,
}
AGGREGATES = tuple(KERNELS)


# -- order


STATE_ORDER = {"L": 0, "S": 0, "O": 1, "D": 1, "A": 2, "X": 3, "XS": 3, "XL": 3}


def sorted_values(
    values: Sequence[Value], criteria: Sequence[tuple[str, int]], facts: Mapping[str, Mapping[Value, Any]]
) -> list[Value]:
    """Values by criteria, most important first; NULL is always last. 1 ascends, -1 descends.

    facts: 'state' -> value -> letter, 'frequency' -> value -> count, 'expression' -> value -> number or None,
    'load' -> value -> position. What is left equal keeps the load order.
    """
    ordered = sorted((v for v in values if v is not None), key=lambda v: facts["load"][v])
    for name, sign in reversed(criteria):
        ordered.sort(key=lambda v, name=name, sign=sign: _sort_key(name, sign, v, facts))
    return [*ordered, *([None] if None in values else [])]


def _sort_key(name: str, sign: int, value: Value, facts: Mapping[str, Mapping[Value, Any]]) -> Any:
    if name == "number":
        return (0, sign * value) if isinstance(value, int | float) else (1, 0)
    if name == "state":
        return sign * STATE_ORDER[facts["state"][value]]
    if name == "expression":
        found = facts["expression"].get(value)
        return (1, 0) if found is None else (0, sign * found)
    if name == "text":
        text = [ord(letter) for letter in str(value).lower()]
        return [sign * letter for letter in text] + ([] if sign > 0 else [1])
    return sign * facts[name][value]
