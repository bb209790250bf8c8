"""What every answer about a scenario says besides its numbers."""

from typing import Any

from infecon_core import catalog
from infecon_core.cli.printing import wrapped
from infecon_core.engines import approximations, engine_of
from infecon_core.scenario import Scenario
from infecon_core.schema import BASIS_NAMES


def stamp(scenario: Scenario) -> dict[str, Any]:
    """The scenario, the data, the correction and the approximations, for JSON."""
    found = engine_of(scenario).correction(scenario)
    return {
        "scenario": scenario.model_dump(mode="json"),
        "data_version": catalog.data_version(),
        "correction": None if found is None else found._asdict(),
        "approximations": approximations(scenario),
    }


def title(scenario: Scenario) -> list[str]:
    """What was computed, above a table."""
    formats, basis = scenario.precision, BASIS_NAMES[scenario.price_basis].lower()
    return wrapped(
        f"{scenario.architecture.name} on {scenario.accelerator.name} at "
        f"{scenario.accelerator.price_usd_per_gpu_hour:g} USD/h, {basis}; "
        f"{formats.weights} weights, {formats.kv} KV; {scenario.prompt_tokens} in, {scenario.output_tokens} out"
    )


def footnotes(scenario: Scenario) -> list[str]:
    """What corrects the figures, and what the engine can only approximate: below a table, after an empty line."""
    found = engine_of(scenario).correction(scenario)
    texts = [*([found.sentence] if found else []), *approximations(scenario)]
    notes = [line for text in texts for line in wrapped(f"Note: {text}")]
    return ["", *notes] if notes else []
