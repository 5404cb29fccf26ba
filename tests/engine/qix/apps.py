"""Small data for conversations: flights of three airlines, and a circle; every number can be checked by hand."""

from __future__ import annotations

from collections.abc import Callable

from engine.data.model import Model
from tests.engine.models import model_of


def airline() -> Model:
    """Six flights. UA: 3 flights, delays 10 + 20; AA: 2, delays 5 - 5; DL: 1, delay 0. B6 has a name only."""
    return model_of(
        flights="""
            flight carrier origin delay
            1      UA      JFK    10
            2      UA      LGA    20
            3      UA      JFK    -
            4      AA      LGA    5
            5      AA      JFK    -5
            6      DL      EWR    0
        """,
        airlines="""
            carrier name
            UA      United
            AA      American
            DL      Delta
            B6      JetBlue
        """,
    )


def clubs() -> Model:
    """A circle: countries have national teams and cities, cities have clubs, and clubs are teams, too."""
    return model_of(
        teams="""
            country team
            England Lions
        """,
        clubs="""
            city   team
            London Gunners
            Paris  PSG
        """,
        cities="""
            country city
            England London
        """,
    )


MODELS: dict[str, Callable[[], Model]] = {"airline": airline, "clubs": clubs}
