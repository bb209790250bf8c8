"""Frontiers of a data set at some speeds, by the rule of `infecon_core.at_speed`."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from infecon_ui.bounded_cache import BoundedCache
from infecon_ui.landscape.dataset import BEYOND, DETAILS, SPEED, DataSet, Length, Where

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
NONE = -1
_SETUPS = """
    SELECT job, model, accelerator, price_usd_per_gpu_hour AS price, scenario AS link,
        coalesce(fastest, 'nan') AS fastest, coalesce(reason, '') AS reason
    FROM setups WHERE combination = $combination
"""
_POINTS = """
    SELECT job, tokens_per_s_user AS speed, tokens_per_s_per_gpu AS throughput, rowid AS point
    FROM points WHERE job IN (SELECT unnest($jobs::BIGINT[])) ORDER BY job, speed
"""
_DETAILS = "SELECT rowid AS point, * FROM points WHERE rowid IN (SELECT unnest($wanted::BIGINT[]))"
# Some five thousand answers of the shipped data set; one of a hundred thousand frontiers takes megabytes.
KEPT = BoundedCache(48_000_000)


class Best(NamedTuple):
    """The points with the most tokens per GPU, and so the cheapest, of every model and accelerator at some speeds.

    Attributes:
        throughput (array): By model, accelerator and speed; NaN where there is none. [tokens/s/GPU]
        point (array of int): Which point of the data set; -1 where there is none.
    """

    throughput: Array
    point: Indices


@dataclass(frozen=True, eq=False)
class Curves:
    """The frontiers of every model on every accelerator at one length and one value of every other dimension.

    Args:
        job (array of int): The scenario by model and accelerator, in the order of the data set; -1 where there is none.
        price (array): Of a GPU-hour in the data set, so. [USD/h]
        fastest (array): Highest speed, so; NaN where there is no frontier. [tokens/s]
        reason, link (array of str): Why there is no frontier, and the scenario as parameters of a link, so.
        first, count (array of int): Where the points of each frontier begin below, and how many they are, so.
        speed, throughput (array): Of all points, frontier by frontier, slowest first. The throughput is the highest of
            its frontier at that speed or above. [tokens/s], [tokens/s/GPU]
        point (array of int): The points of the data set that have it.
    """

    job: Indices
    price: Array
    fastest: Array
    reason: npt.NDArray[Any]
    link: npt.NDArray[Any]
    first: Indices
    count: Indices
    speed: Array
    throughput: Array
    point: Indices

    def best(self, speeds: Array) -> Best:
        """The points that meet some speeds. [tokens/s]"""
        shape = (*self.job.shape, len(speeds))
        throughput, point = np.full(shape, np.nan), np.full(shape, NONE)
        there = np.flatnonzero(self.count)
        if there.size:
            # In the order in which the frontiers lie: each ends where the next one begins.
            there = there[np.argsort(self.first.ravel()[there])]
            first, count = (part.ravel()[there][:, None] for part in (self.first, self.count))
            slower = np.add.reduceat(self.speed[:, None] < speeds, first[:, 0], axis=0, dtype=np.intp)
            at, met = np.minimum(first + slower, self.speed.size - 1), slower < count
            throughput.reshape(-1, len(speeds))[there] = np.where(met, self.throughput[at], np.nan)
            point.reshape(-1, len(speeds))[there] = np.where(met, self.point[at], NONE)
        return Best(throughput, point)


@KEPT.keep
def curves(data: DataSet, length: Length, where: Where = ()) -> Curves:
    """Ask the data set.

    Args:
        data (DataSet): What is asked.
        length (tuple of int): Prompt and output. [tokens]
        where (tuple of (str, value)): The value of each dimension of the data set.
    """
    setups = data.ask(_SETUPS, combination=data.combinations.get((length, where), NONE))
    points = data.ask(_POINTS, jobs=setups["job"].tolist())
    return _arranged(data, setups, points)


def details(data: DataSet, points: Indices) -> dict[int, dict[str, Any]]:
    """Layout, speed, batch, time to first token, and why nothing like it was measured, of some points."""
    wanted = sorted({int(point) for point in points.ravel()} - {NONE})
    found = data.ask(_DETAILS, wanted=wanted)
    names = (SPEED, *DETAILS)
    numbers = (np.ma.filled(found[name].astype(float), np.nan) for name in names)
    rows = zip(found["point"], found[BEYOND], *numbers, strict=True)
    return {
        int(point): {**dict(zip(names, map(float, values), strict=True)), BEYOND: str(beyond)}
        for point, beyond, *values in rows
    }


def _arranged(data: DataSet, setups: dict[str, Any], points: dict[str, Any]) -> Curves:
    """The answers by model and accelerator."""
    models = {name: i for i, name in enumerate(data.models)}
    chips = {name: i for i, name in enumerate(data.accelerators)}
    shape = (len(models), len(chips))
    place = (
        np.array([models[name] for name in setups["model"]], dtype=np.intp),
        np.array([chips[name] for name in setups["accelerator"]], dtype=np.intp),
    )

    def spread(name: str, empty: Any, kind: Any) -> npt.NDArray[Any]:
        found = np.full(shape, empty, dtype=kind)
        found[place] = setups[name]
        return found

    job = spread("job", NONE, np.intp)
    first, stop = (np.searchsorted(points["job"], job, side=side) for side in ("left", "right"))
    speed = np.asarray(points["speed"], dtype=float)
    throughput, point = _records(np.asarray(points["throughput"], dtype=float), first, stop)
    return Curves(
        job,
        spread("price", np.nan, float),
        spread("fastest", np.nan, float),
        spread("reason", "", object),
        spread("link", "", object),
        first,
        stop - first,
        speed,
        throughput,
        np.asarray(points["point"], dtype=np.intp)[point],
    )


def _records(throughput: Array, first: Indices, stop: Indices) -> tuple[Array, Indices]:
    """The most that is made at the speed of each point or above it in its frontier, and which point makes it."""
    best, at = np.empty_like(throughput), np.empty(throughput.size, dtype=np.intp)
    for start, end in zip(first.ravel(), stop.ravel(), strict=True):
        own = throughput[start:end]
        best[start:end] = np.maximum.accumulate(own[::-1])[::-1]
        # Points that make more than every faster one; each speed is met by the next of them.
        more = own > np.append(best[start + 1 : end], -np.inf)[: own.size]
        places = np.where(more, np.arange(start, end), end)
        at[start:end] = np.minimum.accumulate(places[::-1])[::-1]
    return best, at
