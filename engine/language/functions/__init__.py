"""All functions of the language. Importing this package fills the registry; each file is one family."""

from importlib import import_module

from engine.language.registry import FUNCTIONS

FAMILIES = (
    "aggregates",
    "colours",
    "conditional",
    "dates",
    "distributions",
    "financial",
    "formatting",
    "logic",
    "numeric",
    "periods",
    "ranges",
    "text",
    "weeks",
)

for _family in FAMILIES:
    import_module(f"engine.language.functions.{_family}")

__all__ = ["FAMILIES", "FUNCTIONS"]
