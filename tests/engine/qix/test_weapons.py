"""T13: expressions made to take the service down. Each is answered with a value or an error, and the session goes on.

Times are not asserted; a weapon that works hangs the test.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine import RequestLimits
from engine.document.document import Document
from engine.language.tokens import MAX_LENGTH
from engine.qix.session import Session
from tests.engine.qix.apps import airline
from tests.engine.qix.test_facts import call, session_of

LIMITS = RequestLimits(seconds=2.0)
"""What a request is given here: what takes longer is ended by its deadline."""

X = "Repeat('x', 1000000)"

WEAPONS = {
    "brackets": "(" * 100_000,
    "closed brackets": "(" * 49_000 + "1" + ")" * 49_000,
    "signs": "-" * 99_000 + "1",
    "nots": "not " * 24_000 + "1",
    "a long chain": "+".join("1" * 49_000),
    "a chain of texts": "&".join(["'a'"] * 20_000),
    "nested calls": "If(" * 30_000,
    "closed calls": "Round(" * 14_000 + "1" + ")" * 14_000,
    "the deepest that is allowed": "Round(" * 140 + "1" + ")" * 140,
    "many arguments": "RangeSum(" + ",".join("1" * 45_000) + ")",
    "too long": "1" + " " * MAX_LENGTH,
    "an open comment": "/*" * 49_000,
    "open quotes": "'" * 99_999,
    "open brackets of names": "[" * 99_999,
    "names": "a" * 99_999,
    "one long number": "9" * 99_999,
    "a number of many digits": "0." + "9" * 99_000,
    "nested sets": "Sum({" + "(" * 50_000 + "1",
    "nested modifiers": "Sum(" + "{<carrier=P(" * 8_000,
    "many modifiers": "Sum({<" + ",".join(["carrier={UA}"] * 7_000) + ">} delay)",
    "many elements": "Sum({<carrier={" + ",".join(["UA"] * 30_000) + "}>} delay)",
    "aggregates in each other": "Sum(" * 20_000 + "delay" + ")" * 20_000,
    "Aggr in Aggr": "Aggr(" * 70 + "Sum(delay)" + ", carrier)" * 70,
    "a long text": "Repeat('x', 1000000000)",
    "a long text of long texts": f"Repeat({X}, 1000000)",
    "long texts together": "&".join([X] * 120),
    "a replacement that grows": f"Replace({X}, 'x', {X})",
    "a replacement of nothing": f"Replace({X}, '', {X})",
    "distances": f"LevenshteinDist({X}, {X})",
    "distances that are allowed": "LevenshteinDist(Repeat('a', 1000), Repeat('b', 1000))",
    "places from the end": f"Index({X}, 'x', -1)",
    "fields of a long text": "SubField(Repeat(';', 1000000), ';', -500000)",
    "between": f"TextBetween({X}, 'x', 'x', 1000000)",
    "wildcards": f"WildMatch({X}, Repeat('*x', 400000) & '*y*')",
    "wildcards with question marks": f"WildMatch({X}, Repeat('*?x', 300000) & '*y*')",
    "a like of many parts": f"{X} like Repeat('*x?', 1000) & '*y*'",
    "a long part with question marks": f"{X} like '*' & Repeat('?x', 300000) & '*'",
    "a greedy pattern": f"CountRegEx({X}, '(x+x+)+y')",
    "a pattern of stars": f"MatchRegEx({X}, '.*.*.*.*.*.*.*.*y')",
    "a scan for every match": f"CountRegEx({X}, 'x*y|x')",
    "the last match of many": f"ExtractRegEx({X}, 'x', -1)",
    "the match far behind": f"ExtractRegEx({X}, 'x*y|x', 1000000000)",
    "empty matches": f"ReplaceRegEx({X}, '', {X})",
    "a pattern that multiplies": "MatchRegEx('a', '((a{100}){100}){100}')",
    "a pattern of options": "MatchRegEx(Repeat('a', 900), Repeat('a?', 900) & Repeat('a', 100))",
    "a long pattern": f"IsRegEx({X}, 1)",
    "classes": "CountRegEx(Repeat('ä', 100000), Repeat('\\pL', 500))",
    "a split by everything": f"SubFieldRegEx({X}, 'x', -1)",
    "nested arrays": "JsonGet(Repeat('[', 500000), '')",
    "nested objects": "JsonSet(Repeat('{\"a\":', 100000) & '1' & Repeat('}', 100000), '/a', '1')",
    "arrays as deep as may be": "JsonGet(Repeat('[', 1000) & Repeat(']', 1000), '/0/0')",
    "a place far behind": "JsonSet('[]', '/999999999', '1')",
    "a long path": "JsonGet('{}', Repeat('/a', 400000))",
    "a huge number in JSON": "JsonGet('[1e999999]', '/0')",
    "many points": "GeoReduceGeometry('[' & Repeat('[1,2],', 100000) & '[3,4]]', 0.9)",
    "nested geometry": "GeoCountVertex(Repeat('[', 100000))",
    "a factorial": "Fact(1000000000)",
    "combinations": "Combin(9000000000000000, 4000000000000000)",
    "permutations": "Permut(2000, 1999) & Permut(1e300, 1e299)",
    "powers": "Pow(Pow(1e308, 1e308), 1e308)",
    "shifts": "1 << 1000000000000",
    "tiny steps": "Round(1e308, 1e-308)",
    "tiny classes": "Class(1e308, 1e-308)",
    "many trials": "BinomDist(1e15, 1e15, 0.5) & BinomInv(0.5, 1e15, 0.5)",
    "extreme distributions": "GammaInv(1e-300, 1e300, 1e-300) & BetaInv(0.5, 1e300, 1e-300)",
    "an interest that settles nowhere": "Rate(1e300, -1e-300, 1e300)",
    "payments without a rate": "RangeIRR(1e300, -1e-300, 1e300, -1e-300, 1e300)",
    "all working days": "NetWorkDays(-693000, 2958000) & LastWorkDate(1, 4000000)",
    "months for ever": "AddMonths(Today(), 1e300) & MonthName(-1e300) & YearStart(1, 1e300)",
    "weeks for ever": "MakeWeekDate(1e300, 1e300, 1e300) & WeekName(1e300, 1e300, 1e300, 1e300, 1e300)",
    "a huge format": "Num(1e308, Repeat('#,', 500000))",
    "many decimals": "Num(1 / 3, '0.' & Repeat('0', 500000))",
    "a huge number in Roman": "Num(1e308, '(ROM)')",
    "a huge number in bits": "Num(1e308, '(bin)')",
    "a huge date format": "Date(Today(), Repeat('YYYY', 200000))",
    "a huge text as a date": "Date#(Repeat('1', 1000000), Repeat('D', 1000000))",
    "a huge text as a number": "Num#(Repeat('9', 1000000)) + Repeat('9', 1000000)",
    "a zone of the file system": "ConvertToLocalTime(Now(), '../../../etc/passwd')",
    "a zone with a zero in it": "LocalTime('Europe/' & Chr(0))",
    "a huge zone": f"LocalTime({X})",
    "a code page that is a module": "ApplyCodepage('a', 65000) & ApplyCodepage('a', -1) & ApplyCodepage('a', 1e300)",
    "hashes": "&".join([f"Hash256({X})"] * 50),
    "a variable of itself": "$(self)",
    "variables of each other": "$(ping)",
    "a variable that doubles": "$(d20)",
    "many expansions": "$(one)+" * 5_000 + "1",
    "nested expansions": "$(" * 5_000 + "one" + ")" * 5_000,
    "an expansion that works itself out": "$(=$(=$(=$(=$(work)))))",
    "surrogates": "Chr(55296) & Upper(Chr(57343)) & Hash128(Chr(56320))",
    "unusual blanks": "Sum\u00a0(\u2003delay\u3000)",
    "letters that grow": "Len(Upper(Repeat('ß', 900000)))",
}
VARIABLES = {
    "self": "$(self)",
    "ping": "$(pong) + $(pong)",
    "pong": "$(ping) + $(ping)",
    "one": "1",
    "work": "=$(work)",
    "d0": "1",
    **{f"d{level}": f"$(d{level - 1})+$(d{level - 1})" for level in range(1, 21)},
}


@pytest.fixture(scope="module")
def session() -> Session:
    session = session_of(Document.new("Airline", airline()), "ann", limits=LIMITS)
    doc = call(session, -1, "OpenDoc", "app")["qReturn"]["qHandle"]
    for name, definition in VARIABLES.items():
        properties = {"qInfo": {"qType": "variable"}, "qName": name, "qDefinition": definition}
        call(session, doc, "CreateSessionVariable", properties)
    return session


def _answer(session: Session, method: str, *params: Any) -> dict[str, Any]:
    request = {"id": 1, "handle": 1, "method": method, "params": params}
    (text,) = session.receive(json.dumps(request))
    answer: dict[str, Any] = json.loads(text)
    return answer


def test_there_are_weapons_enough() -> None:
    assert len(WEAPONS) >= 60


@pytest.mark.parametrize("weapon", WEAPONS)
def test_t13_weapons(session: Session, weapon: str) -> None:
    for method in ("EvaluateEx", "CheckExpression"):
        answer = _answer(session, method, WEAPONS[weapon])
        assert "result" in answer or answer["error"]["code"] in (7000, 7003, 7004), answer
    assert _answer(session, "EvaluateEx", "1+1")["result"]["qValue"]["qNumber"] == 2


@pytest.mark.parametrize("weapon", [name for name, text in WEAPONS.items() if len(text) < 5000])
def test_t13_weapons_in_a_chart(session: Session, weapon: str) -> None:
    """As a measure, and as a dimension of the rows: what is wrong is said in its column."""
    text = WEAPONS[weapon]
    definition = {
        "qDimensions": [{"qDef": {"qFieldDefs": ["carrier"]}}, {"qDef": {"qFieldDefs": [f"={text} & flight"]}}],
        "qMeasures": [{"qDef": {"qDef": text}}],
        "qInitialDataFetch": [{"qWidth": 3, "qHeight": 10}],
    }
    properties = {"qInfo": {"qType": "table"}, "qHyperCubeDef": definition}
    made = _answer(session, "CreateSessionObject", properties)
    cube = made["result"]["qReturn"]["qHandle"]
    (text,) = session.receive(json.dumps({"id": 2, "handle": cube, "method": "GetLayout", "params": []}))
    layout = json.loads(text)
    assert "result" in layout or layout["error"]["code"] in (7003, 7004), layout
    _answer(session, "DestroySessionObject", made["result"]["qReturn"]["qGenericId"])
    assert _answer(session, "EvaluateEx", "Sum(delay)")["result"]["qValue"]["qNumber"] == 30
