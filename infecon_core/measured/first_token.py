"""Times to first token of measured setups: what they are made of, and their predictions."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from infecon_core.catalog.measurements import software_name, ttft_factors
from infecon_core.measured.rows import MeasurementGroup, numbers_of, words_of
from infecon_core.physics.decode import ForwardPass
from infecon_core.physics.formats import has_experts
from infecon_core.physics.queueing import prompt_load, waiting_from_start, waiting_prompts, waiting_s
from infecon_core.physics.ttft import prompt_beside_s, prompt_factor, prompt_pass_s, prompt_s, ttft_s
from infecon_core.schema import ServingConstants
from infecon_core.schema.measurement import MEDIAN

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


class FirstTokenTerms(NamedTuple):
    """What the times to first token of measurements are made of, as in `physics.ttft.ttft_s`; NaN where not known.

    Attributes:
        step_s (array): Predicted time per output token. [s]
        prompt_pass_s (array): One prompt's way through the layout. [s]
        waiting_s (array): What a prompt waits for those of others. [s]
        mixture (array): Which are of mixtures of experts.
    """

    step_s: Array
    prompt_pass_s: Array
    waiting_s: Array
    mixture: Mask

    def at(self, chosen: Mask) -> "FirstTokenTerms":
        """Those of some of the measurements."""
        return FirstTokenTerms(
            self.step_s[chosen], self.prompt_pass_s[chosen], self.waiting_s[chosen], self.mixture[chosen]
        )

    def ttft_s(self, constants: ServingConstants) -> Array:
        """Times to first token with the two constants of theirs, of servers that are not known. [s]"""
        factor = prompt_factor(self.mixture, constants)
        return ttft_s(constants, factor, self.step_s, self.prompt_pass_s, self.waiting_s)


def first_token_terms(
    points: pd.DataFrame, groups: Sequence[MeasurementGroup], passes: Sequence[ForwardPass]
) -> FirstTokenTerms:
    """What the times to first token of measurements are made of.

    Users are the row's `concurrency`, its batch where that is not told: all of them are taken to hold a place in the
    batch, as in the step's time, though some queue. A mean over a benchmark contains the start, at
    which all clients ask at once; a median does not. Lengths are those drawn, as in `read_rows`.

    Args:
        points (DataFrame): Columns as in `schema.measurement`.
        groups (sequence of MeasurementGroup): Its rows, as from `read_rows`.
        passes (sequence of ForwardPass): The pass of each group, as from `MeasurementGroup.pass_with`.

    Returns:
        FirstTokenTerms: One value a row. NaN where a row has no lengths, where its prompts do not share the GPUs
            because batches are static, and where they have GPUs of their own, of which nobody records how many.
    """
    count = len(points)
    step_s, passed_s, queued_s = np.full((3, count), np.nan)
    mixture = np.zeros(count, dtype=np.bool_)
    told = np.isfinite(numbers_of(points, "isl")) & np.isfinite(numbers_of(points, "osl"))
    median = words_of(points, "metric_kind").str.contains(MEDIAN).to_numpy()
    concurrency = numbers_of(points, "concurrency")
    for group, target in zip(groups, passes, strict=True):
        step = target.five_times(group.batch, 1.0, group.prompts_per_step).total_s
        linked = np.isfinite(step)
        known = group.shared & told[group.index] & linked
        if not known.any():
            continue
        with np.errstate(invalid="ignore"):  # what no link joins takes forever with and without a prompt
            alone = prompt_s(target)
            beside = prompt_beside_s(target, group.batch, group.prompts_per_step, alone)
            passed = prompt_pass_s(target, group.shards.dp_attn, alone)
        asked = concurrency[group.index]
        users = np.where(np.isfinite(asked) & (asked > 0), asked, group.batch)
        load = prompt_load(users[known], beside[known], (group.output_tokens * step)[known])
        copies = group.shards.dp_attn
        start = np.where(median[group.index], 0.0, waiting_from_start(users / copies))[known]
        prompts = waiting_prompts(load, (users / copies)[known]) + start
        rows = group.index[known]
        step_s[rows], passed_s[rows] = step[known], passed[known]
        queued_s[rows] = waiting_s(prompts, copies[known], alone[known])
        mixture[rows] = has_experts(group.deployment.architecture)
    return FirstTokenTerms(step_s, passed_s, queued_s, mixture)


def software_factors(points: pd.DataFrame) -> Array:
    """How many times as long as elsewhere the first token takes with a row's software; 1 where not known. [1]"""
    factors = ttft_factors()
    return np.array([factors.get(name, 1.0) for name in software_names(points)])


def software_names(points: pd.DataFrame) -> pd.Series:
    """The name of each row's software, as `catalog.measurements.software_name` has it, indexed from 0."""
    return words_of(points, "serving_software").map(software_name)


def measured_ttft_s(points: pd.DataFrame) -> Array:
    """Measured times to first token; NaN where a row has none. [s]"""
    seconds = numbers_of(points, "ttft_ms") * 1e-3
    return np.where(seconds > 0, seconds, np.nan)
