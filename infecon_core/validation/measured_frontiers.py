"""Measured frontiers: the best of all engines and layouts of one setup, as curves of speed against throughput.

A set holds the measured points of one model on one accelerator in one weights' and one cache's format with prompts and
outputs of one length, over all engines and layouts that were tried, prompts on the GPUs that decode.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from infecon_core.catalog.measurements import software_name
from infecon_core.pareto import non_dominated
from infecon_core.scenario import Scenario
from infecon_core.schema import Precision, ServingConstants
from infecon_core.validation.fit import Fitter

Array = npt.NDArray[np.float64]

# Fewer points trace no frontier.
FEWEST_POINTS = 5
# An engine with fewer traces none of its own.
FEWEST_OF_ENGINE = 3


class Curve(NamedTuple):
    """Speed of a user against throughput of a GPU, fastest first; no point is beaten in both.

    Attributes:
        speed (array): [tokens/s]
        throughput (array): Output tokens that one GPU makes, ascending. [tokens/s]
    """

    speed: Array
    throughput: Array

    @classmethod
    def of(cls, speed: npt.ArrayLike, throughput: npt.ArrayLike) -> "Curve":
        """The points that no other beats in both speed and throughput.

        Examples:
            >>> Curve.of([10.0, 20.0, 15.0], [9.0, 5.0, 4.0]).speed
            array([20., 10.])
        """
        v, y = np.asarray(speed, dtype=np.float64), np.asarray(throughput, dtype=np.float64)
        kept = non_dominated(1 / v, 1 / y).setup
        return cls(v[kept], y[kept])

    def throughput_at(self, speed: npt.ArrayLike) -> Array:
        """The most that a GPU makes where every user gets at least a speed; 0 beyond the fastest point. [tokens/s]

        On the line between neighbouring points, both axes logarithmic; below the slowest speed that of its point.

        Examples:
            >>> Curve(np.array([40.0, 10.0]), np.array([1.0, 4.0])).throughput_at([80.0, 40.0, 20.0, 5.0])
            array([0., 1., 2., 4.])
        """
        logs = np.log(np.asarray(speed, dtype=np.float64))
        found = np.interp(logs, np.log(self.speed[::-1]), np.log(self.throughput[::-1]), right=-np.inf)
        return np.asarray(np.exp(found))

    def speed_at(self, throughput: npt.ArrayLike) -> Array:
        """The fastest that users can be served where a GPU makes at least so much; 0 beyond its most. [tokens/s]

        Between points as for `throughput_at`; below the least throughput that of its point.

        Examples:
            >>> Curve(np.array([40.0, 10.0]), np.array([1.0, 4.0])).speed_at([0.5, 1.0, 2.0, 8.0])
            array([40., 40., 20.,  0.])
        """
        logs = np.log(np.asarray(throughput, dtype=np.float64))
        found = np.interp(logs, np.log(self.throughput), np.log(self.speed), right=-np.inf)
        return np.asarray(np.exp(found))


@dataclass(frozen=True, eq=False)
class MeasuredSet:
    """The measured points of one setup.

    Attributes:
        model_id, accelerator_id (str): Ids of the catalog.
        precision (Precision): Formats of weights and cache.
        isl, osl (float): Nominal prompt and output. [tokens]
        prompt_tokens, output_tokens (int): Their means as the benchmark drew them. [tokens]
        max_gpus (int): GPUs of the largest instance that was measured. [1]
        points (DataFrame): Its rows with `tokens_per_s_user`, `tokens_per_s_per_gpu` [tokens/s] and `software`.
    """

    model_id: str
    accelerator_id: str
    precision: Precision
    isl: float
    osl: float
    prompt_tokens: int
    output_tokens: int
    max_gpus: int
    points: pd.DataFrame

    @property
    def measured(self) -> Curve:
        """The best of all engines and layouts."""
        return Curve.of(self.points["tokens_per_s_user"], self.points["tokens_per_s_per_gpu"])

    def of_software(self) -> dict[str, Curve]:
        """The frontier of each kind of serving software with enough points, by name."""
        parts = self.points.groupby("software")
        return {
            str(name): Curve.of(part["tokens_per_s_user"], part["tokens_per_s_per_gpu"])
            for name, part in parts
            if len(part) >= FEWEST_OF_ENGINE
        }

    def scenario(self, constants: ServingConstants | None = None) -> Scenario:
        """The setup as a scenario, without drafts; what the measurements do not tell is as by default.

        Args:
            constants (ServingConstants or None): Constants of the engine; the shipped ones where None.
        """
        return Scenario.preset(
            self.model_id,
            self.accelerator_id,
            weights=self.precision.weights,
            kv=self.precision.kv,
            prompt_tokens=self.prompt_tokens,
            output_tokens=self.output_tokens,
            max_gpus=self.max_gpus,
            speculation=None,
            correction="off",
            constants=constants,
        )


def measured_sets(fitter: Fitter) -> tuple[MeasuredSet, ...]:
    """Every setup with enough measured points, the one with the most first.

    Args:
        fitter (Fitter): The measurements.
    """
    points = fitter.points
    if not {"isl", "osl", "serving_software"} <= set(points.columns):
        return ()
    found = []
    for group in fitter.groups:
        at = pd.DataFrame(
            {
                **{"row": group.index, "prompt": group.prompt_tokens, "context": group.context_tokens},
                **{"gpus": group.n_gpu, "batch": group.batch},
                **{name: pd.to_numeric(points[name].iloc[group.index]).to_numpy() for name in ("isl", "osl")},
            }
        )
        for _, part in at[group.shared & fitter.usable[group.index]].groupby(["isl", "osl"]):
            if len(part) < FEWEST_POINTS:
                continue
            own = points.iloc[part["row"]]
            tpot = fitter.measured_s[part["row"]]
            own = own.assign(
                tokens_per_s_user=1 / tpot,
                tokens_per_s_per_gpu=part["batch"].to_numpy() / tpot / part["gpus"].to_numpy(),
                software=[software_name(name) for name in own["serving_software"]],
            )
            prompt, context = float(part["prompt"].median()), float(part["context"].median())
            found.append(
                MeasuredSet(
                    str(own["model_id"].iloc[0]),
                    str(own["accelerator_id"].iloc[0]),
                    group.deployment.precision,
                    float(part["isl"].iloc[0]),
                    float(part["osl"].iloc[0]),
                    round(prompt),
                    round(2 * (context - prompt)),
                    int(part["gpus"].max()),
                    own,
                )
            )
    return tuple(sorted(found, key=lambda one: -len(one.points)))
