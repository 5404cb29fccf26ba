"""The calculator: an in-memory, columnar, associative engine that speaks QIX. Plain Python, without a trace of the web.

This is the front door: the other rooms import these names and nothing below. They are loaded when first asked
for, because the children that read files import this package too and need next to nothing of it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.compute.columns import stated_format as stated_format
    from engine.compute.context import RequestLimits as RequestLimits
    from engine.data.build import build_model as build_model
    from engine.data.formats import format_number as format_number
    from engine.data.locale import Locale as Locale
    from engine.document.contributions import Contribution as Contribution
    from engine.document.contributions import contributions as contributions
    from engine.document.contributions import reach as reach
    from engine.document.document import Document as Document
    from engine.document.layer import Layer as Layer
    from engine.errors import AccessDenied as AccessDenied
    from engine.errors import DamagedApp as DamagedApp
    from engine.errors import EngineError as EngineError
    from engine.errors import ExpressionError as ExpressionError
    from engine.errors import UnreadableFile as UnreadableFile
    from engine.host import Host as Host
    from engine.language.facts import Facts as Facts
    from engine.qix.meter import Meter as Meter
    from engine.qix.rights import Rights as Rights
    from engine.qix.session import Session as Session
    from engine.rehearsal import rehearse as rehearse
    from engine.script import Limits as Limits
    from engine.script import NamedTable as NamedTable
    from engine.script import read_tables as read_tables
    from engine.script.plan import apply_plan as apply_plan
    from engine.script.plan import plan_of as plan_of
    from engine.script.profile import profile as profile

_HOMES = {
    "AccessDenied": "engine.errors",
    "Contribution": "engine.document.contributions",
    "DamagedApp": "engine.errors",
    "Document": "engine.document.document",
    "EngineError": "engine.errors",
    "ExpressionError": "engine.errors",
    "Facts": "engine.language.facts",
    "Host": "engine.host",
    "Layer": "engine.document.layer",
    "Limits": "engine.script",
    "Locale": "engine.data.locale",
    "Meter": "engine.qix.meter",
    "NamedTable": "engine.script",
    "RequestLimits": "engine.compute.context",
    "Rights": "engine.qix.rights",
    "Session": "engine.qix.session",
    "UnreadableFile": "engine.errors",
    "apply_plan": "engine.script.plan",
    "build_model": "engine.data.build",
    "contributions": "engine.document.contributions",
    "format_number": "engine.data.formats",
    "plan_of": "engine.script.plan",
    "profile": "engine.script.profile",
    "reach": "engine.document.contributions",
    "read_tables": "engine.script",
    "rehearse": "engine.rehearsal",
    "stated_format": "engine.compute.columns",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'engine' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
