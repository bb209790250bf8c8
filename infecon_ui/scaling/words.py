"""Words that the charts of the page share: conditions, sources, exponents with their errors."""

import math

from infecon_core import Scenario
from infecon_core.catalog.engine_levels import best_over_one_engine
from infecon_core.engines import engine_of
from infecon_ui.frontier.support import typical
from infecon_ui.text import formats

# An exponent within so many standard errors, or that near, is that of a law. Choices.
ERRORS, NEAR = 2.0, 0.03


def conditions(scenario: Scenario, *, model: bool = True) -> str:
    """Formats, lengths and accelerator: "Llama 3.1 70B in FP8 on H100 SXM, up to 64 GPUs, context of 1,500 tokens"."""
    name = f"{scenario.architecture.name} in" if model else "Weights in"
    weights, cache = (formats.number_format(name) for name in (scenario.precision.weights, scenario.precision.kv))
    kept = "" if cache == weights else f", {cache} KV cache"
    return (
        f"{name} {weights}{kept} on {scenario.accelerator.name}, up to {formats.gpus(scenario.max_gpus)}, context of "
        f"{formats.tokens(scenario.context_tokens)}"
    )


def source(scenario: Scenario) -> str:
    """What computes it, whose times they are, and that it is a model."""
    engine = engine_of(scenario)
    whose = typical(engine.stands_for, best_over_one_engine()) or engine.error
    return f"{engine.summary(scenario)}. {whose[:1].upper()}{whose[1:]}. Model, not measurement."


def exponent(value: float, error: float = math.nan) -> str:
    """An exponent with its standard error: "0.51 ± 0.02".

    >>> exponent(0.5092, 0.0201), exponent(0.5), exponent(0.9847, 0.00094)
    ('0.51 ± 0.02', '0.50', '0.98 ± <0.01')
    """
    told = f"{value:.2f}".replace("-", "−")
    return told if math.isnan(error) else f"{told} ± {'<0.01' if error < 0.005 else f'{error:.2f}'}"


def is_known(error: float, law: float) -> bool:
    """Whether the error of an exponent lets it be held against a law's: two of them are at most half of that."""
    return not ERRORS * error > law / 2


def is_law(value: float, error: float, law: float) -> bool:
    """Whether an exponent is that of a law as far as its error tells; both without their sign."""
    return abs(value - law) <= max(NEAR, 0.0 if math.isnan(error) else ERRORS * error)


def against(value: float, error: float, law: float, name: str) -> str:
    """An exponent beside a law, to follow a comma: "as the paper's square root says".

    >>> against(0.51, 0.02, 0.5, "square root"), against(0.7, 0.02, 0.5, "square root")
    ("as the paper's square root says", "more than the paper's square root says")
    """
    if not is_known(error, law):
        return f"too uncertain to be held against the paper's {name}"
    how = "as" if is_law(value, error, law) else "more than" if value > law else "less than"
    return f"{how} the paper's {name} says"
