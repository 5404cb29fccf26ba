"""The model that several tests of cubes share."""

from __future__ import annotations

import pytest

from engine.data.model import Model
from tests.engine.models import model_of


@pytest.fixture
def shop() -> Model:
    return model_of(
        Sales="""customer item amount
                 ann      nut  1
                 ann      fig  2
                 bob      nut  3
                 -        oil  4""",
        Customers="""customer city
                     ann      Rome
                     bob      Bonn
                     cid      Oslo""",
    )
