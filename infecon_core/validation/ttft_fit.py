"""Fit the constants of the time to first token, after those of the decoding step and apart from them.

The fit minimises Σ_i ρ(ln(s_i·TTFT_i(c)/t_i)) + Σ_j ρ(ln(c_j/p_j)/σ) as `validation.fit` does, over t0, b and the
factor s of each software that has one in `data/measurements/software.toml`; s is 1 for all others. The scale C of the
soft L1 loss is 0.3, about as far as servers of one setup lie apart in their first tokens.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import least_squares

from infecon_core.catalog.constants import FITTED_TTFT
from infecon_core.catalog.measurements import software
from infecon_core.measured.first_token import FirstTokenTerms, first_token_terms, measured_ttft_s, software_names
from infecon_core.schema import ServingConstants
from infecon_core.validation.fit import DIFFERENCE, EVALUATIONS, FEWEST, PRIOR_LOG_SD, Fitter
from infecon_core.validation.scores import groups_of

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

SOFT_L1_SCALE = 0.3


class TtftFit(NamedTuple):
    """Constants fitted to times to first token.

    Attributes:
        constants (ServingConstants): With the two of the first token fitted, the others as they were.
        factors (mapping): By the id of a serving software, how many times as long the first token takes with it. [1]
    """

    constants: ServingConstants
    factors: Mapping[str, float]


class TtftFitter:
    """The times to first token of the points of a fit of decoding steps.

    Args:
        fitter (Fitter): The points; its priors are those of the constants of the first token as well.

    Attributes:
        measured_s (array): Measured times to first token, NaN where there is none. [s]
        usable (array): Which points have a measured and a predicted one.
    """

    def __init__(self, fitter: Fitter) -> None:
        self._fitter = fitter
        self.measured_s = measured_ttft_s(fitter.points)
        known = np.isfinite(self.terms(fitter.prior).prompt_pass_s)
        faultless = np.array([not fault for fault in fitter.faults], dtype=np.bool_)
        self.usable: Mask = known & np.isfinite(self.measured_s) & faultless
        names = software_names(fitter.points)
        # Which points each factor applies to.
        self.runs: Mapping[str, Mask] = {
            name: names.eq(entry.name).to_numpy() for name, entry in software().items() if entry.ttft_factor != 1
        }

    def terms(self, constants: ServingConstants) -> FirstTokenTerms:
        """What the times to first token are made of with some constants of the decoding step."""
        groups = self._fitter.groups
        return first_token_terms(self._fitter.points, groups, [group.pass_with(constants) for group in groups])

    def fit(self, constants: ServingConstants, terms: FirstTokenTerms, chosen: Mask | None = None) -> TtftFit:
        """The constants of the first token that fit the chosen points best; as they were where none is chosen.

        Args:
            constants (ServingConstants): Those of the decoding step, which stay.
            terms (FirstTokenTerms): What the times are made of with them.
            chosen (array or None): Which points take part, of those that can be used; all where None.
        """
        mask = self.usable if chosen is None else self.usable & chosen
        prior = self._fitter.prior
        start = np.log([*(getattr(prior, name) for name in FITTED_TTFT), *(1.0 for _ in self.runs)])
        log_measured = np.log(self.measured_s[mask])
        part = terms.at(mask)
        runs = [run[mask] for run in self.runs.values()]

        def with_logs(logs: Array) -> TtftFit:
            values = np.exp(logs).tolist()
            moved = dict(zip(FITTED_TTFT, values[: len(FITTED_TTFT)], strict=True))
            factors = dict(zip(self.runs, values[len(FITTED_TTFT) :], strict=True))
            return TtftFit(constants.model_copy(update=moved), factors)

        def residuals(logs: Array) -> Array:
            off = np.log(part.ttft_s(with_logs(logs).constants)) - log_measured
            for log_factor, run in zip(logs[len(FITTED_TTFT) :], runs, strict=True):
                off = off + np.where(run, log_factor, 0.0)
            return np.concatenate([off, (logs - start) / PRIOR_LOG_SD])

        if not mask.any():
            return with_logs(start)
        found = least_squares(
            residuals, start, loss="soft_l1", f_scale=SOFT_L1_SCALE, max_nfev=EVALUATIONS, diff_step=DIFFERENCE
        )
        return with_logs(found.x)

    def factors(self, found: TtftFit) -> Array:
        """The factor of each point's software. [1]"""
        factors = np.ones(len(self.measured_s))
        for name, run in self.runs.items():
            factors[run] = found.factors[name]
        return factors

    def without_model_s(self) -> tuple[Array, Array]:
        """Times to first token by constants, those of the decoding step among them, fitted without the point's model.

        Returns:
            unknown, known: With the software not known, and with its factor; NaN where a model has fewer than three
                points. [s]
        """
        unknown, known = np.full((2, len(self.measured_s)), np.nan)
        for own in groups_of(self._fitter.points["model_id"]).values():
            held = self.usable & own
            if held.sum() < FEWEST:
                continue
            constants = self._fitter.without(own)
            terms = self.terms(constants)
            found = self.fit(constants, terms, ~own)
            unknown[held] = terms.ttft_s(found.constants)[held]
            known[held] = (terms.ttft_s(found.constants) * self.factors(found))[held]
        return unknown, known
