"""GenericObject: pages of hypercubes and list objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.compute.hypercube import Cube
from engine.compute.listobject import ListObject
from engine.compute.plots import binned_pages, continuous_pages, reduced_pages
from engine.document.results import cube_of, list_object_of
from engine.errors import InvalidParameters
from engine.qix.handles import Target
from engine.qix.schema import Implementation

if TYPE_CHECKING:
    from engine.qix.session import Session

Result = dict[str, Any]


def cube_at(session: Session, target: Target, path: str) -> Cube:
    """The hypercube at a path of an object. Raises InvalidParameters."""
    definition = session.desk.definition(target, path, "qHyperCubeDef")
    desk = session.desk
    return cube_of(
        desk.library, desk.context(target=target), definition, desk.properties(target), desk.before_run(target)
    )


def list_at(session: Session, target: Target, path: str) -> ListObject:
    """The list object at a path of an object, searched if a search is open. Raises InvalidParameters."""
    definition = session.desk.definition(target, path, "qListObjectDef")
    desk, search = session.desk, session.desk.search(target, path)
    return list_object_of(desk.library, desk.context(target=target), definition, desk.properties(target), search)


def get_list_object_data(session: Session, target: Target, path: str, pages: list[Any]) -> Result:
    return {"qDataPages": list_at(session, target, path).pages(checked_pages(pages))}


def get_hypercube_data(session: Session, target: Target, path: str, pages: list[Any]) -> Result:
    return {"qDataPages": cube_at(session, target, path).pages(checked_pages(pages))}


def get_reduced_data(session: Session, target: Target, path: str, pages: list[Any], zoom: float, mode: Any) -> Result:
    return {"qDataPages": reduced_pages(cube_at(session, target, path), checked_pages(pages), int(zoom), mode)}


def get_binned_data(
    session: Session, target: Target, path: str, pages: list[Any], viewport: dict[str, Any], areas: list[Any],
    most_cells: int, level: int, method: int,
) -> Result:  # fmt: skip
    cube = cube_at(session, target, path)
    return {"qDataPages": binned_pages(cube, checked_pages(pages), areas, most_cells, level, method)}


def get_continuous_data(session: Session, target: Target, path: str, options: dict[str, Any], reverse: bool) -> Result:
    pages, axes = continuous_pages(cube_at(session, target, path), options, reverse=reverse)
    return {"qDataPages": pages, "qAxisData": {"qAxis": axes}}


def get_pivot_data(session: Session, target: Target, path: str, pages: list[Any]) -> Result:
    return {"qDataPages": cube_at(session, target, path).pivot_pages(checked_pages(pages))}


def get_stack_data(session: Session, target: Target, path: str, pages: list[Any], most: int) -> Result:
    return {"qDataPages": cube_at(session, target, path).stack_pages(checked_pages(pages), most)}


def get_tree_data(session: Session, target: Target, path: str, options: dict[str, Any]) -> Result:
    return {"qNodes": cube_at(session, target, path).tree_pages(options)}


def checked_pages(pages: list[Any]) -> list[dict[str, int]]:
    """Pages as whole, non-negative numbers. Raises InvalidParameters."""
    checked = []
    for page in pages:
        if not isinstance(page, dict):
            raise InvalidParameters("A page is an object with qLeft, qTop, qWidth and qHeight.", "qPages")
        checked.append({name: _length(page.get(name, 0)) for name in ("qLeft", "qTop", "qWidth", "qHeight")})
    return checked


def _length(value: Any) -> int:
    if not isinstance(value, int | float) or not 0 <= value < 2**31:
        raise InvalidParameters("Places and sizes of pages are whole numbers from 0.", "qPages")
    return int(value)


_METHODS: dict[str, Implementation] = {
    "GetListObjectData": get_list_object_data,
    "GetHyperCubeData": get_hypercube_data,
    "GetHyperCubeReducedData": get_reduced_data,
    "GetHyperCubeBinnedData": get_binned_data,
    "GetHyperCubeContinuousData": get_continuous_data,
    "GetHyperCubePivotData": get_pivot_data,
    "GetHyperCubeStackData": get_stack_data,
    "GetHyperCubeTreeData": get_tree_data,
}

METHODS = {("GenericObject", name): implementation for name, implementation in _METHODS.items()}
