"""From files to tables: reading data files safely, looking at what they hold, correcting it before loading.

read_tables runs a reader in a process of its own; profile describes tables and how they would
link; apply_plan renames and leaves out fields.
"""

from engine.script.launch import ReaderFailed, read_tables
from engine.script.tables import Limits, NamedTable, ReadFile

__all__ = ["Limits", "NamedTable", "ReadFile", "ReaderFailed", "read_tables"]
