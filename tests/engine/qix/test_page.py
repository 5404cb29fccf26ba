"""The page about QIX names every method that is implemented, every need and every error code."""

from __future__ import annotations

import re
from pathlib import Path

from engine import errors
from engine.qix.methods import METHODS
from engine.qix.rights import LEVELS

PAGE = (Path(__file__).parents[3] / "docs" / "qix.md").read_text()


def test_every_method_is_on_the_page() -> None:
    listed = {
        (paragraph.group(1), name)
        for paragraph in re.finditer(r"\*\*(\w+)\*\* \(\d+\): ([^.]+)\.", PAGE)
        for name in re.findall(r"\w+", paragraph.group(2))
    }
    assert listed == set(METHODS)


def test_every_need_is_on_the_page() -> None:
    needs = {need for level in LEVELS.values() for need in level}
    cells = {name.strip() for row in re.findall(r"^\| ([a-z, ]+) \|", PAGE, re.MULTILINE) for name in row.split(",")}
    assert needs <= cells


def test_every_error_code_is_on_the_page() -> None:
    classes = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, errors.EngineError)]
    table = PAGE.split("## Errors")[1].split("## Limits")[0]
    known = {int(code) for code in re.findall(r"-?\d+", table)}
    assert {one.code for one in classes} - {1017} <= known
