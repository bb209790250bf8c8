"""A scenario as the published model reads it: its setups with their layouts, operators, drafts and columns."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from infecon_core.frontier_table import frontier_columns
from infecon_core.paper.breakdown import TimesByName, speculative_operators, sum_times, take_apart
from infecon_core.paper.frontier import ChosenSetups
from infecon_core.paper.inputs import Array
from infecon_core.paper.speculation import tokens_per_round
from infecon_core.paper.system import Best, Points, PublishedSystem
from infecon_core.paper.variants import best_layouts, published_mfu, published_system
from infecon_core.scenario import Scenario, infeasible
from infecon_core.schema import DraftModel
from infecon_core.schema.step import FIVE_TIMES
from infecon_core.utilisation import mbu


@dataclass(frozen=True)
class PublishedScenario:
    """A scenario as the published model reads it: the target, the draft where there is one."""

    scenario: Scenario
    target: PublishedSystem
    draft: PublishedSystem | None
    latency_factor: float

    @classmethod
    def of(cls, scenario: Scenario, latency_factor: float = 1.0) -> Self:
        options = scenario.published.model_dump()

        def system(part: Scenario | DraftModel) -> PublishedSystem:
            return published_system(
                model=part.architecture, accelerator=scenario.accelerator, precision=part.precision, **options
            )

        speculation = scenario.speculation
        if speculation is not None and not isinstance(speculation, DraftModel):
            raise infeasible(
                scenario,
                "The published model speculates with a draft model only; choose one, or the serving engine.",
                {"engine": "serving"},
            )
        draft = None if speculation is None else system(speculation)
        return cls(scenario, system(scenario), draft, latency_factor)

    def points(self, chosen: ChosenSetups, tokens_per_pass: float) -> Points:
        context = np.full(chosen.n_gpu.shape, self.scenario.context_tokens)
        return Points(chosen.n_gpu, chosen.batch, context, tokens_per_pass)

    def draft_fits(self, one: ChosenSetups) -> bool:
        """Whether there is a draft, and it fits by itself into the GPUs of one setup."""
        if self.draft is None:
            return False
        return bool(np.isfinite(best_layouts(self.draft, self.points(one, 1.0)).latency_s[0]))

    def layouts(self, chosen: ChosenSetups) -> Best:
        """The layout of each chosen setup: that of the target's pass, over γ tokens where it speculates."""
        best = best_layouts(self.target, self.points(chosen, 1.0))
        for gamma in np.unique(chosen.draft_tokens[chosen.draft_tokens > 0]):
            rows = np.flatnonzero(chosen.draft_tokens == gamma)
            part = ChosenSetups(*(values[rows] for values in chosen))
            for ours, theirs in zip(best, best_layouts(self.target, self.points(part, gamma)), strict=True):
                ours[rows] = theirs
        return best

    def operators(self, chosen: ChosenSetups, layout: Best, length: int) -> tuple[dict[str, TimesByName], Array, Array]:
        """Operators per token of setups that all draft the same length; the draft takes its own best layout.

        Returns:
            operators, moved_bytes, ep: Their times [s]; bytes that the target moves a token [B]; its expert groups. [1]
        """
        pass_ = take_apart(self.target, self.points(chosen, float(length or 1)), layout)
        operators, moved = pass_.operators, pass_.moved_bytes
        speculation = self.scenario.speculation
        if self.draft is not None and speculation is not None and length:
            points = self.points(chosen, 1.0)
            drafted = take_apart(self.draft, points, best_layouts(self.draft, points))
            operators = speculative_operators(pass_, drafted, speculation.acceptance, length)
            moved = moved / tokens_per_round(speculation.acceptance, length)
        for times in operators.values():
            times["network_latency_s"] = times["network_latency_s"] * self.latency_factor
        return operators, moved, pass_.ep

    def columns(self, chosen: ChosenSetups, layout: Best) -> dict[str, Any]:
        """Columns of chosen setups with their layouts."""
        return frontier_columns(self.scenario, *self.points_of(chosen, layout))

    def points_of(self, chosen: ChosenSetups, layout: Best) -> tuple[dict[str, Any], Array]:
        """What `frontier_columns` takes of them; setups that draft alike are worked out together."""
        n, chip, model = chosen.n_gpu, self.target.accelerator, self.target.model
        context = self.scenario.context_tokens
        columns: dict[str, Any] = {name: np.zeros(n.size) for name in (*FIVE_TIMES, "ep", "mbu")}
        for length in np.unique(chosen.draft_tokens):
            rows = np.flatnonzero(chosen.draft_tokens == length)
            some = ChosenSetups(*(values[rows] for values in chosen))
            operators, moved, groups = self.operators(some, layout.at(rows), int(length))
            read = mbu(moved / (some.n_gpu * chip.peak_hbm_bytes_per_s), some.latency_s)
            for name, values in {**sum_times(operators), "ep": groups, "mbu": read}.items():
                columns[name][rows] = values
        resident = chosen.batch / layout.depth if self.target.space.microbatch_cache else chosen.batch
        columns |= {
            "n_gpu": n,
            "pp": layout.depth,
            "dp_attn": layout.scaledown,
            "batch": chosen.batch,
            "scheme": np.where(layout.one_d, "1-D", "2-D"),
            "draft_tokens": chosen.draft_tokens.astype(np.int64),
            "tpot_s": chosen.latency_s,
            "weight_bytes_per_gpu": model.weights_bytes / n,
            "kv_bytes_per_gpu": model.cache_bytes(context) * resident / n,
            "hbm_bytes_per_gpu": chip.hbm_bytes,
            "mfu": published_mfu(self.target, self.points(chosen, 1.0), chosen.latency_s),
        }
        return columns, n * chosen.latency_s / chosen.batch
