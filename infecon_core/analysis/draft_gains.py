"""What drafts gain on one layout: over draft length and batch, from which batch on they cost, and what they must hit.

The gain in speed at one layout and one batch is t_plain / t_drafted - 1, both times per output token. Assumptions: as
the engine's; a rejected draft costs its time and nothing else, and acceptance does not depend on the batch. Errors are
those of the engine's steps, of which both times have most in common.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from infecon_core.analysis.draft_candidates import at_acceptance
from infecon_core.bisection import last_inside
from infecon_core.engines import engine_of
from infecon_core.scenario import Scenario
from infecon_core.schema import Layout, MixtureOfExperts

Array = npt.NDArray[np.float64]

# Batches of a layout: about so many in an octave, up to this one.
PER_OCTAVE, LARGEST_BATCH = 4, 2**18
# An acceptance is told in steps of a percent.
_ACCEPTANCE_STEP = 0.01


class Gains(NamedTuple):
    """Times per output token on one layout, plain and drafted.

    Attributes:
        draft_tokens (array): Draft lengths γ, from 1. [tokens]
        batch (array): Sequences of the instance. [1]
        plain_s (array): Without drafts, by batch; NaN where it does not run. [s]
        tpot_s (array): With drafts, by length and batch; NaN where they do not fit. [s]
    """

    draft_tokens: Array
    batch: Array
    plain_s: Array
    tpot_s: Array

    @property
    def relative(self) -> Array:
        """Gain in speed, t_plain / t_drafted - 1, by length and batch. [1]"""
        return self.plain_s / self.tpot_s - 1

    @property
    def best(self) -> Array:
        """The largest gain over all lengths, by batch; NaN where no draft fits. [1]"""
        gains = self.relative
        known = np.isfinite(gains).any(axis=0)
        return np.where(known, np.where(np.isfinite(gains), gains, -np.inf).max(axis=0), np.nan)


def plain(scenario: Scenario) -> Scenario:
    """The scenario without drafts."""
    return scenario if scenario.speculation is None else scenario.changed(speculation=None)


def batches_at(scenario: Scenario, layout: Layout) -> Array:
    """Whole batches that run on a layout without drafts, about four an octave from the smallest on. [1]"""
    least = float(np.ceil(layout.dp_attn * layout.pp))
    octaves = np.arange(0, np.log2(LARGEST_BATCH / least), 1 / PER_OCTAVE)
    batch = np.unique(np.round(least * 2**octaves))
    return batch[engine_of(scenario).rounds(plain(scenario), layout, batch, 0).runs]


def gains(scenario: Scenario, layout: Layout, batch: npt.ArrayLike, longest: int) -> Gains:
    """Times with every draft length at some batches of one layout, beside those without drafts.

    Args:
        scenario (Scenario): With a draft. Where its tokens a round were measured, no length beyond them is tried.
        layout (Layout): One that the engine has.
        batch (array_like): Sequences. [1]
        longest (int): The longest draft. [tokens]

    Raises:
        ValueError: For a scenario without a draft, or a layout that the engine does not have.
    """
    draft = scenario.speculation
    if draft is None:
        raise ValueError("There is no draft whose gain could be told; choose one.")
    engine, batch = engine_of(scenario), np.asarray(batch, np.float64)
    lengths = range(1, min(longest, len(draft.accepted_lengths) or longest) + 1)
    drafted = [engine.rounds(scenario, layout, batch, length).tpot_s for length in lengths]
    without = engine.rounds(plain(scenario), layout, batch, 0).tpot_s
    return Gains(np.array(lengths, np.float64), batch, without, np.array(drafted))


def touched_experts(scenario: Scenario, tokens: float) -> float | None:
    """Share of the experts of a model that a pass over some tokens touches; None for a model without experts. [1]

    By the law of the scenario's engine and with its constants; the mean over all experts of its layers.

    Args:
        scenario (Scenario): What is served, by which engine.
        tokens (float): Tokens t of a pass: sequences times positions. [tokens]

    Examples:
        A plain step of 8 sequences of DeepSeek V3, and a check of 5 positions of each:

        >>> scenario = Scenario.preset("deepseek-v3", "b200-hgx")
        >>> [round(touched_experts(scenario, tokens), 3) for tokens in (8, 40)]
        [0.186, 0.584]
    """
    engine = engine_of(scenario)
    shares = [
        (group.num_layers * layer.num_experts, engine.touched_share(scenario, layer, tokens))
        for group in scenario.architecture.layer_groups
        if isinstance(layer := group.feed_forward, MixtureOfExperts)
    ]
    experts = sum(weight for weight, _ in shares)
    return sum(weight * share for weight, share in shares) / experts if experts else None


class Limits(NamedTuple):
    """Up to which batch drafts pay on a layout.

    Attributes:
        costs_from (float or None): The least batch from which on drafts cost more than they give, at every larger one
            that fits; None where they still gain at the largest one. [1]
        largest, largest_drafted (float): The largest batches that fit without drafts and with them; 0 for none. [1]
    """

    costs_from: float | None
    largest: float
    largest_drafted: float


def limits(scenario: Scenario, layout: Layout, draft_tokens: int | None = None, longest: int = 8) -> Limits:
    """From which batch on drafts cost more than they give.

    Found among `batches_at`, then by halving between two of them; gains are taken to fall there.

    Args:
        scenario, layout, longest: As for `gains`.
        draft_tokens (int, optional): A draft length; None for the best one at every batch. [tokens]

    Raises:
        ValueError: As for `gains`, and for a draft longer than what was measured of it.
    """
    measured = len(scenario.speculation.accepted_lengths) if scenario.speculation is not None else 0
    if draft_tokens is not None and measured and draft_tokens > measured:
        raise ValueError(
            f"How many of {draft_tokens:,} drafted tokens are accepted was not measured; give up to {measured:,}."
        )
    batch = batches_at(scenario, layout)
    if not batch.size:
        return Limits(None, 0.0, 0.0)

    def gain(at: npt.ArrayLike) -> Array:
        found = gains(scenario, layout, at, draft_tokens or longest)
        return found.best if draft_tokens is None else found.relative[-1]

    gained = gain(batch)
    fits = np.flatnonzero(np.isfinite(gained))
    if not fits.size:
        return Limits(None, float(batch[-1]), 0.0)
    paying = np.flatnonzero(gained > 0)
    last = int(fits[-1])
    largest, drafted = float(batch[-1]), float(batch[last])
    if not paying.size:
        return Limits(float(batch[fits[0]]), largest, drafted)
    if paying[-1] == last:
        return Limits(None, largest, drafted)
    pays, costs = batch[paying[-1]], batch[paying[-1] + 1]
    return Limits(last_inside(float(pays), float(costs), lambda at: bool(gain([at])[0] > 0))[1], largest, drafted)


def least_acceptance(scenario: Scenario, layout: Layout, batch: float, longest: int) -> float | None:
    """The least acceptance with which drafts gain anything at one setup, up to a percent; None where none does.

    Args:
        scenario, layout, longest: As for `gains`; the scenario's own acceptance does not count.
        batch (float): Sequences. [1]
    """

    def pays(steps: float) -> bool:
        found = gains(at_acceptance(scenario, steps * _ACCEPTANCE_STEP), layout, [batch], longest).best[0]
        return bool(found > 0)

    all_steps = round(1 / _ACCEPTANCE_STEP)
    return last_inside(all_steps, 0, pays)[0] * _ACCEPTANCE_STEP if pays(all_steps) else None
