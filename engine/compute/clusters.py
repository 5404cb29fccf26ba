"""K-means clustering of the rows of a chart, the same at every run.

Points that lack a coordinate, or have one that is too large, belong to no cluster. Clusters are numbered by the first
row that belongs to them. With 0 clusters, their number is the one that separates the points best (Calinski and
Harabasz, 1974).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.cluster.vq import kmeans2

from engine.data.dual import Floats
from engine.stopping import check_stop

MOST_CLUSTERS = 100
MOST_GUESSED = 10
LARGEST = 1e100
"""Coordinates below are near enough to be told apart; squares of their distances are numbers."""

_SEED = 20240101
_USUAL_ITERATIONS = 100


@dataclass(frozen=True, eq=False)
class Clustering:
    """labels: the cluster of each point, -1 for none; centroids: [clusters, coordinates]."""

    labels: npt.NDArray[np.int64]
    centroids: Floats


def clustered(points: Floats, clusters: float, iterations: float, norm: str) -> Clustering:
    """Put points [n, coordinates] into clusters. norm: 'none', 'zscore' (1) or 'minmax' (2), before distances count."""
    known = (np.abs(points) < LARGEST).all(axis=1)
    given = points[known]
    labels = np.full(len(points), -1, dtype=np.int64)
    distinct = len(np.unique(given, axis=0)) if len(given) else 0
    if not distinct or not np.isfinite(clusters) or clusters < 0:
        return Clustering(labels, np.zeros((0, points.shape[1])))
    scaled = _scaled(given, norm)
    rounds = int(min(iterations, 1_000)) if np.isfinite(iterations) and iterations >= 1 else _USUAL_ITERATIONS
    count = int(min(clusters, MOST_CLUSTERS, distinct))
    own = _best(scaled, rounds, distinct) if count == 0 else _labels(scaled, count, rounds)
    own = _by_appearance(own)
    labels[known] = own
    centroids = np.stack([given[own == label].mean(axis=0) for label in range(int(own.max()) + 1)])
    return Clustering(labels, centroids)


def _scaled(points: Floats, norm: str) -> Floats:
    low, spread = np.zeros(points.shape[1]), np.ones(points.shape[1])
    if norm.lower() in ("1", "1.0", "zscore"):
        low, spread = points.mean(axis=0), points.std(axis=0)
    elif norm.lower() in ("2", "2.0", "minmax"):
        low, spread = points.min(axis=0), np.ptp(points, axis=0)
    return (points - low) / np.where(spread > 0, spread, 1.0)


def _labels(points: Floats, count: int, rounds: int) -> npt.NDArray[np.int64]:
    check_stop()
    rng = np.random.default_rng(_SEED)
    return kmeans2(points, count, iter=rounds, minit="++", missing="warn", rng=rng)[1].astype(np.int64)


def _best(points: Floats, rounds: int, distinct: int) -> npt.NDArray[np.int64]:
    most = min(MOST_GUESSED, distinct, max(len(points) - 1, 1))
    tried = [_labels(points, count, rounds) for count in range(2, most + 1)]
    return max(tried, key=lambda labels: _separation(points, labels), default=np.zeros(len(points), dtype=np.int64))


def _separation(points: Floats, labels: npt.NDArray[np.int64]) -> float:
    """How far clusters lie apart, against how wide they are."""
    middle, count = points.mean(axis=0), len(np.unique(labels))
    if count < 2 or count >= len(points):
        return -np.inf
    between = within = 0.0
    for label in np.unique(labels).tolist():
        own = points[labels == label]
        centre = own.mean(axis=0)
        between += len(own) * float(((centre - middle) ** 2).sum())
        within += float(((own - centre) ** 2).sum())
    return np.inf if within == 0 else between / within * (len(points) - count) / (count - 1)


def _by_appearance(labels: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The clusters numbered by their first points."""
    found, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    numbers = np.empty(len(found), dtype=np.int64)
    numbers[np.argsort(first)] = np.arange(len(found))
    return numbers[inverse.reshape(-1)]
