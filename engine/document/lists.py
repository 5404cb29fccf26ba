"""The lists a layout can hold: an app's objects, master items, variables, and the model's fields and tables."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.data.model import Field, Model
from engine.data.table import Table
from engine.document.objects import OBJECT, Entry, ObjectTree, Properties
from engine.document.patches import value_at


def objects_of(tree: ObjectTree, definition: Properties) -> list[Entry]:
    """The objects of the type asked for; of every type if none is named."""
    wanted = definition.get("qType") or None
    return [entry for entry in tree.of_kind(OBJECT) if wanted in (None, entry.type)]


def library_of(tree: ObjectTree, kind: str, definition: Properties) -> list[Entry]:
    """Master dimensions, master measures or bookmarks."""
    wanted = definition.get("qType") or None
    return [entry for entry in tree.of_kind(kind) if wanted in (None, kind, entry.type)]


def data_of(entry: Entry, definition: Properties) -> dict[str, Any]:
    """qData of a list item: name -> the property at the path that the definition gives for the name."""
    wanted = definition.get("qData")
    if not isinstance(wanted, dict):
        return {}
    found = {name: value_at(entry.properties, path) for name, path in wanted.items() if isinstance(path, str)}
    return {name: value for name, value in found.items() if value is not None}


def variable_item(entry: Entry) -> dict[str, Any]:
    properties = entry.properties
    return {
        "qName": properties.get("qName", ""),
        "qDescription": properties.get("qComment", ""),
        "qDefinition": properties.get("qDefinition", ""),
        "qIsReserved": False,
        "qIsConfig": False,
        "qIsScriptCreated": False,
    }


def fields_of(model: Model, definition: Properties) -> list[dict[str, Any]]:
    """qFieldList's items; fields the engine made itself only if system fields are asked for."""
    with_system = bool(definition.get("qShowSystem") or definition.get("qShowHidden"))
    fields = [field for field in model.fields.values() if with_system or not field.is_synthetic]
    return [field_item(field, with_tables=bool(definition.get("qShowSrcTables", True))) for field in fields]


def field_item(field: Field, *, with_tables: bool) -> dict[str, Any]:
    """One field as QIX's NxFieldDescription, with the kind of its values besides."""
    item: dict[str, Any] = {
        "qName": field.name,
        "qCardinal": field.symbols.size,
        "qTags": sorted(field.tags),
        "qIsSystem": field.is_synthetic,
        "qIsHidden": "$hidden" in field.tags,
        "qIsSemantic": False,
        "qAndMode": False,
        "qIsNumeric": "$numeric" in field.tags,
        "qReadableName": field.name,
        "kind": field.kind,
    }
    if with_tables:
        item["qSrcTables"] = list(field.tables)
    return item


def field_description(field: Field, model: Model, *, is_locked: bool) -> dict[str, Any]:
    """Doc.GetFieldDescription."""
    rows = sum(model.tables[table].rows for table in field.tables)
    return {
        "qInternalNumber": list(model.fields).index(field.name),
        "qName": field.name,
        "qSrcTables": list(field.tables),
        "qIsSystem": field.is_synthetic,
        "qIsHidden": "$hidden" in field.tags,
        "qIsSemantic": False,
        "qDistinctOnly": False,
        "qCardinal": field.symbols.size,
        "qTotalCount": rows,
        "qIsLocked": is_locked,
        "qAlwaysOneSelected": False,
        "qAndMode": False,
        "qIsNumeric": "$numeric" in field.tags,
        "qComment": "",
        "qTags": sorted(field.tags),
        "qIsDefinitionOnly": False,
        "qByteSize": field.symbols.numbers.nbytes,
    }


def tables_and_keys(model: Model, *, with_synthetic: bool) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Doc.GetTablesAndKeys: the tables with their fields, and which fields link which tables."""
    tables = [table for table in model.tables.values() if with_synthetic or not table.is_synthetic]
    names = {table.name for table in tables}
    records = [_table_record(table, model, with_synthetic=with_synthetic) for table in tables]
    keys = [
        {"qKeyFields": [field.name], "qTables": [table for table in field.tables if table in names]}
        for field in model.fields.values()
        if len([table for table in field.tables if table in names]) > 1
    ]
    return records, keys


def _table_record(table: Table, model: Model, *, with_synthetic: bool) -> dict[str, Any]:
    fields = [model.fields[name] for name in table.columns]
    shown = [field for field in fields if with_synthetic or not field.is_synthetic]
    return {
        "qName": table.name,
        "qLoose": table.name in model.loosened,
        "qNoOfRows": table.rows,
        "qFields": [_field_in_table(field, table) for field in shown],
        "qPos": {"qx": 0, "qy": 0},
        "qComment": "",
        "qIsDirectDiscovery": False,
        "qIsSynthetic": table.is_synthetic,
        "qTableTags": [],
    }


def _field_in_table(field: Field, table: Table) -> dict[str, Any]:
    codes = table.columns[field.name].codes
    size = field.symbols.size
    counts = np.bincount(codes, minlength=size + 1)
    present = int(np.count_nonzero(counts[:size]))
    filled = table.rows - int(counts[size])
    unique = bool((counts[:size] <= 1).all())
    return {
        "qName": field.name,
        "qOriginalFields": [],
        "qPresent": True,
        "qHasNull": filled < table.rows,
        "qHasWild": False,
        "qHasDuplicates": not unique,
        "qIsSynthetic": field.is_synthetic,
        "qInformationDensity": filled / table.rows if table.rows else 0,
        "qnNonNulls": filled,
        "qnRows": table.rows,
        "qSubsetRatio": present / size if size else 0,
        "qnTotalDistinctValues": size,
        "qnPresentDistinctValues": present,
        "qKeyType": _key_type(field, is_unique=unique, is_complete=present == size),
        "qComment": "",
        "qTags": sorted(field.tags),
        "qDerivedFields": [],
        "qIsFieldOnTheFly": False,
        "qReadableName": field.name,
    }


def _key_type(field: Field, *, is_unique: bool, is_complete: bool) -> str:
    if len(field.tables) < 2:
        return "NOT_KEY"
    if not is_unique:
        return "ANY_KEY"
    return "PERFECT_KEY" if is_complete else "PRIMARY_KEY"
