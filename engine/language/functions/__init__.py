"""All functions of the language. Importing this package fills the registry; each file is one family."""

from importlib import import_module

from engine.language.registry import FUNCTIONS

FAMILIES = (
    "aggregates",
    "cashflows",
    "colours",
    "conditional",
    "dates",
    "distributions",
    "financial",
    "formatting",
    "geo",
    "hashes",
    "interrecord",
    "jsons",
    "logic",
    "numeric",
    "periods",
    "ranges",
    "regexes",
    "selection",
    "synthetic",
    "system",
    "text",
    "weeks",
    "zones",
)

for _family in FAMILIES:
    import_module(f"engine.language.functions.{_family}")

__all__ = ["FAMILIES", "FUNCTIONS"]
