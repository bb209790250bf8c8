"""What would bring a target within reach: single changes of a scenario, each proved by a search."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from infecon_core import catalog
from infecon_core.analysis.draft_candidates import small_relatives
from infecon_core.analysis.speculation import own_layers
from infecon_core.bisection import last_inside
from infecon_core.catalog.accelerators import CatalogAccelerator
from infecon_core.engines import engine_of
from infecon_core.pareto import at_speed
from infecon_core.scenario import Scenario
from infecon_core.schema import FORMAT_BITS, OWN, DraftModel, Format, SelfDraft
from infecon_core.schema.feasibility import rounded_up
from infecon_core.schema.field import facts_of

# More remedies than these nobody reads, more searches than these nobody waits for: of an engine whose searches take
# milliseconds, and of one whose searches take longer. Choices.
MOST_REMEDIES = 5
MOST_SEARCHES, MOST_SLOW_SEARCHES = 16, 5
# The largest instance that is offered: beyond it are none that people rent. [1]
MOST_GPUS = 1024
# So many accelerators of the same maker and of others are tried, and so many of those that help are named.
SAME_MAKER, OTHER_MAKERS, NAMED_ACCELERATORS = 3, 2, 2


class Remedy(NamedTuple):
    """A change with which a scenario meets its target.

    Attributes:
        words (str): What is changed, to follow "with" or to stand alone.
        changes (mapping): The change as `Choices.apply` takes it.
        scenario (Scenario): With the change.
        point (mapping): The cheapest point that then meets the target: the columns of a frontier.
    """

    words: str
    changes: Mapping[str, Any]
    scenario: Scenario
    point: Mapping[str, Any]

    @property
    def tokens_per_s_user(self) -> float:
        """Speed of the point. [tokens/s]"""
        return float(self.point["tokens_per_s_user"])

    @property
    def usd_per_million_tokens(self) -> float:
        """Price of a million output tokens at the point. [USD]"""
        return float(self.point["usd_per_million_tokens"])


class Change(NamedTuple):
    """A change that might help: as in `Remedy`."""

    words: str
    changes: Mapping[str, Any]
    scenario: Scenario


def remedies(scenario: Scenario) -> tuple[Remedy, ...]:
    """Changes that bring a target within reach.

    Tried are a longer wait for the first token, larger instances, narrower weights and KV cache, a draft, other
    accelerators with a price on the same basis, and shorter prompts; of each kind the smallest change that does it.
    Only where none of these helps, other accelerators in larger instances.

    Args:
        scenario (Scenario): Its targets are those to be met.

    Returns:
        tuple of Remedy: Cheapest first, at most five, each found by a search; none where the target is met already or
            where nothing helps.
    """
    trials = _Trials(scenario)
    if trials.point(scenario) is not None:
        return ()
    found = [remedy for kind in _KINDS for remedy in kind(trials)] or [*_larger_others(trials)]
    return tuple(sorted(found, key=_price)[:MOST_REMEDIES])


def _price(remedy: Remedy) -> float:
    return remedy.usd_per_million_tokens


class _Trials:
    """A scenario that misses its target, and as many searches as are left."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        quick = engine_of(scenario).capabilities.searches_again
        self.left = 1 + (MOST_SEARCHES if quick else MOST_SLOW_SEARCHES)

    def fast_enough(self, scenario: Scenario) -> pd.DataFrame | None:
        """The points of a scenario that meet its target; None where none does, or where no search is left."""
        if not self.left:
            return None
        self.left -= 1
        try:
            return engine_of(scenario).fast_enough(scenario)
        except ValueError:  # also NothingFits: what an engine cannot compute is no remedy
            return None

    def point(self, scenario: Scenario) -> pd.Series | None:
        """The cheapest point of a scenario that meets the target; the search keeps to the limit on TTFT."""
        frame = self.fast_enough(scenario)
        return None if frame is None else at_speed(frame, scenario.target_tokens_per_s_user)

    def proved(self, change: Change) -> Remedy | None:
        """A change with what it gives, None where it does not help."""
        point = self.point(change.scenario)
        if point is None:
            return None
        return Remedy(*change, {str(name): value for name, value in point.items()})

    def change(self, words: str, **changes: Any) -> Change:
        """A change by keywords of `Scenario.changed`, which are those of `Choices.apply` as well."""
        return Change(words, changes, self.scenario.changed(**changes))


def _first(trials: _Trials, changes: Sequence[Change]) -> Iterator[Remedy]:
    """The first change that helps."""
    yield from [remedy for change in changes if (remedy := trials.proved(change)) is not None][:1]


def _smallest(trials: _Trials, changes: Sequence[Change]) -> Iterator[Remedy]:
    """The first change that helps of some, each of which helps where one before it does: by halving."""
    found = trials.proved(changes[-1]) if changes else None
    if found is None:
        return
    helping = [found]

    def helps(i: float) -> bool:
        if (smaller := trials.proved(changes[int(i)])) is not None:
            helping.append(smaller)
        return smaller is not None

    last_inside(len(changes) - 1, -1, helps)
    yield helping[-1]


def _later_first_token(trials: _Trials) -> Iterator[Remedy]:
    scenario = trials.scenario
    if scenario.target_ttft_s is None or not engine_of(scenario).capabilities.prompts:
        return
    frame = trials.fast_enough(scenario.changed(target_ttft_s=None))
    if frame is not None:
        limit_s = rounded_up(float(frame["ttft_s"].min()))
        yield from _first(trials, [trials.change(f"a first token within {limit_s:g} s", target_ttft_s=limit_s)])


def _more_gpus(trials: _Trials) -> Iterator[Remedy]:
    sizes = [2**i for i in range(MOST_GPUS.bit_length()) if 2**i > trials.scenario.max_gpus]
    yield from _smallest(trials, [trials.change(f"up to {gpus:,} GPUs", max_gpus=gpus) for gpus in sizes])


def _narrower_weights(trials: _Trials) -> Iterator[Remedy]:
    """Eight bits where the chip computes with them, then four, which engines also store where it does not."""
    scenario = trials.scenario
    peaks, bits = scenario.accelerator.peaks, FORMAT_BITS[scenario.precision.weights]
    eight: Format = "fp8" if peaks.fp8 else "int8"
    four: Format = "fp4" if peaks.fp4 else "int4"
    formats = [name for name in (eight, four) if FORMAT_BITS[name] < bits and (name != "int8" or peaks.int8)]
    yield from _first(trials, [trials.change(f"{name.upper()} weights", weights=name) for name in formats])


def _narrower_cache(trials: _Trials) -> Iterator[Remedy]:
    if FORMAT_BITS[trials.scenario.precision.kv] > FORMAT_BITS["fp8"]:
        yield from _first(trials, [trials.change("an FP8 KV cache", kv="fp8")])


def _drafts(trials: _Trials) -> Iterator[Remedy]:
    """A few layers of the model's own, and the smallest model of its family with the same tokens."""
    scenario = trials.scenario
    if scenario.speculation is not None:
        return
    if facts_of(SelfDraft)["kind"].only in ("", scenario.engine):
        found = own_layers(scenario)
        own = found[0] if found else SelfDraft()
        changes = found[1] if found else {"speculation": own.kind.split("_")[0], "acceptance": own.acceptance}
        source = "its own MTP" if found else "drafts by a head trained for it (EAGLE)"
        assumed = "as measured on it" if own.accepted_lengths else f"assuming {own.acceptance:.0%} accepted"
        words = f"{source}, {assumed}"
        yield from _first(trials, [Change(words, changes, scenario.changed(speculation=own))])
    entry = next(iter(small_relatives(scenario.architecture)), None)
    if entry is not None and facts_of(DraftModel)["kind"].only in ("", scenario.engine):
        draft = DraftModel(architecture=entry.architecture, precision=entry.precision)
        words = f"drafts by {entry.architecture.name}"
        yield from _first(trials, [Change(words, {"draft": entry.id}, scenario.changed(speculation=draft))])


def _other_accelerators(trials: _Trials) -> Iterator[Remedy]:
    """Those of the same maker, then of others, that help; the cheapest of them."""
    found = [remedy for change in _accelerators(trials.scenario) for remedy in _first(trials, [change])]
    yield from sorted(found, key=_price)[:NAMED_ACCELERATORS]


def _larger_others(trials: _Trials) -> Iterator[Remedy]:
    """The same with as many GPUs as are searched unless somebody says otherwise."""
    usual = int(Scenario.model_fields["max_gpus"].default)
    if usual <= trials.scenario.max_gpus:
        return
    found: list[Remedy] = []
    for words, changes, scenario in _accelerators(trials.scenario):
        larger = {**changes, "max_gpus": usual}
        found += _first(trials, [Change(f"up to {usual:,} {words}", larger, scenario.changed(max_gpus=usual))])
    yield from sorted(found, key=_price)[:NAMED_ACCELERATORS]


def _accelerators(scenario: Scenario) -> Iterator[Change]:
    """Those that read their memory faster, or link more GPUs at no less: of the same maker, then of others."""
    chip, basis = scenario.accelerator, scenario.price_basis
    entries = catalog.accelerators().values()
    vendor = next((entry.vendor for entry in entries if entry.accelerator.name == chip.name), "")

    def better(entry: CatalogAccelerator) -> bool:
        other = entry.accelerator
        at_least = other.hbm_bytes_per_s >= chip.hbm_bytes_per_s
        more = other.hbm_bytes_per_s > chip.hbm_bytes_per_s or other.scale_up_domain > chip.scale_up_domain
        return entry.status == "shipping" and (basis == OWN or basis in entry.prices) and at_least and more

    ranked = sorted(
        filter(better, entries),
        key=lambda entry: (-entry.accelerator.hbm_bytes_per_s, entry.accelerator.price_usd_per_gpu_hour),
    )
    same = [entry for entry in ranked if entry.vendor == vendor][:SAME_MAKER]
    others = [entry for entry in ranked if entry.vendor != vendor][:OTHER_MAKERS]
    for entry in (*same, *others):
        on = entry.price_basis if basis == OWN else basis
        priced = entry.accelerator.model_copy(update={"price_usd_per_gpu_hour": entry.price(on).usd_per_gpu_hour})
        changed = scenario.changed(accelerator=priced, price_basis=on)
        yield Change(priced.name, {"accelerator": entry.id}, changed)


def _shorter_prompts(trials: _Trials) -> Iterator[Remedy]:
    tokens = trials.scenario.prompt_tokens
    lengths = [int(rounded_up(tokens / part)) for part in (2, 4, 8) if tokens > 8]
    yield from _smallest(trials, [trials.change(f"a prompt of {n:,} tokens", prompt_tokens=n) for n in lengths])


_KINDS: tuple[Callable[[_Trials], Iterator[Remedy]], ...] = (
    _later_first_token,
    _more_gpus,
    _narrower_weights,
    _narrower_cache,
    _drafts,
    _other_accelerators,
    _shorter_prompts,
)
