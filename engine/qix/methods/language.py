"""The expression language, as clients learn and check it: functions, grammar, what is wrong with an expression."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.compute import aggregate
from engine.errors import EngineError
from engine.language.functions import FUNCTIONS
from engine.language.grammar import as_text, definitions, fingerprint, group_of
from engine.language.nodes import Aggregate, ElementFunction, Field, Node, SetModifier, StateField
from engine.language.parser import parse
from engine.language.tokens import token_at
from engine.language.walk import walk
from engine.qix.handles import Target
from engine.qix.schema import Implementation

if TYPE_CHECKING:
    from engine.qix.session import Session

Result = dict[str, Any]

_ALL = ("ALL", "FUNC_GROUP_ALL", 0, "0", "", None)


def get_functions(session: Session, target: Target, group: Any) -> Result:
    """All functions, or those of one group such as 'DATE' (short names of the protocol's FunctionGroup)."""
    return {
        "qFunctions": [
            {"qName": function.name, "qGroup": group_of(function), "qSignature": function.signature}
            for function in FUNCTIONS.values()
            if group in _ALL or group == group_of(function)
        ]
    }


def get_bnf(session: Session, target: Target, kind: Any) -> Result:
    return {"qBnfDefs": definitions()}


def get_base_bnf(session: Session, target: Target, *kind: Any) -> Result:
    return {"qBnfDefs": definitions(), "qBnfHash": fingerprint()}


def get_base_bnf_hash(session: Session, target: Target, *kind: Any) -> Result:
    return {"qBnfHash": fingerprint()}


def get_base_bnf_string(session: Session, target: Target, kind: Any) -> Result:
    return {"qBnfStr": as_text(), "qBnfHash": fingerprint()}


def check_expression(session: Session, target: Target, expression: str, labels: list[Any]) -> Result:
    """What is wrong: a sentence, and the places of fields that do not exist (bad) or share their name with a variable
    or a label (dangerous)."""
    try:
        expanded = _expanded(session, expression)
        tree = parse(expanded)
    except EngineError as error:
        return {"qErrorMsg": error.message, "qBadFieldNames": [], "qDangerousFieldNames": []}
    fields = session.document.model.fields
    others = {*session.desk.variables, *map(str, labels)}
    used = _fields_of(tree, expanded)
    if expanded != expression:
        # What a variable brought in has no place of its own in the text that was sent.
        used = [(name, 0, len(expression)) for name, _, _ in used]
    missing = [field for field in used if field[0] not in fields and field[0] not in others]
    ambiguous = [field for field in used if field[0] in fields and field[0] in others]
    return {"qErrorMsg": "", "qBadFieldNames": _places(missing), "qDangerousFieldNames": _places(ambiguous)}


def check_number_or_expression(session: Session, target: Target, expression: str) -> Result:
    found = check_expression(session, target, expression, [])
    return {"qErrorMsg": found["qErrorMsg"], "qBadFieldNames": found["qBadFieldNames"]}


def expand_expression(session: Session, target: Target, expression: str) -> Result:
    """The expression after dollar-sign expansion."""
    return {"qExpandedExpression": _expanded(session, expression)}


def get_fields_from_expression(session: Session, target: Target, expression: str) -> Result:
    """The app's fields that an expression names, set expressions and TOTAL among it, each once."""
    fields = session.document.model.fields
    expanded = _expanded(session, expression)
    names = dict.fromkeys(name for name, _, _ in _fields_of(parse(expanded), expanded))
    return {"qFieldNames": [name for name in names if name in fields]}


def _expanded(session: Session, expression: str) -> str:
    return aggregate.expand_expression(session.desk.context(), expression)


def _fields_of(tree: Node, text: str) -> list[tuple[str, int, int]]:
    """Every name of a field with its place, in the order of the text; those of TOTAL have their TOTAL's place."""
    found = [named for node in walk(tree) for named in _named(node, text)]
    return sorted(found, key=lambda named: named[1])


def _named(node: Node, text: str) -> list[tuple[str, int, int]]:
    if isinstance(node, Field | StateField):
        return [(node.name if isinstance(node, Field) else node.field, node.start, node.end)]
    if isinstance(node, SetModifier):
        return [(node.field, node.start, token_at(text, node.start).end)]
    if isinstance(node, ElementFunction):
        return [(node.field, node.start, node.end)] if node.field else []
    if isinstance(node, Aggregate) and node.total is not None:
        return [(name, node.total.start, node.total.end) for name in node.total.fields]
    return []


def _places(fields: list[tuple[str, int, int]]) -> list[Result]:
    return [{"qFrom": start, "qCount": end - start} for _, start, end in fields]


_GLOBAL: dict[str, Implementation] = {
    "GetFunctions": get_functions,
    "GetBNF": get_bnf,
    "GetBaseBNF": get_base_bnf,
    "GetBaseBNFHash": get_base_bnf_hash,
    "GetBaseBNFString": get_base_bnf_string,
}
_DOC: dict[str, Implementation] = {
    "CheckExpression": check_expression,
    "CheckNumberOrExpression": check_number_or_expression,
    "ExpandExpression": expand_expression,
    "GetFieldsFromExpression": get_fields_from_expression,
    "GetExpressionBNF": get_base_bnf,
    "GetExpressionBNFHash": get_base_bnf_hash,
}

METHODS = {
    **{("Global", name): implementation for name, implementation in _GLOBAL.items()},
    **{("Doc", name): implementation for name, implementation in _DOC.items()},
}
