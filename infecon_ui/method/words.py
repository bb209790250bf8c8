"""The sentences of the page: what a price rests on, and what moves it most."""

from infecon_core import Scenario
from infecon_core.analysis.assumptions import LATENCY, LEAST, Effect, Effects
from infecon_core.catalog.assumptions import Assumption, assumptions
from infecon_core.documentation.equations import equations
from infecon_core.engines import engine_of
from infecon_core.schema import OWN
from infecon_ui.frontier import words
from infecon_ui.method.cache import Worked
from infecon_ui.text import formats
from infecon_ui.text.glossary import entries

DIRECTIONS = {
    "dearer": "Not modelled. Without it a token would be dearer.",
    "cheaper": "Not modelled. Without it a token would be cheaper.",
    "either": "Not modelled. Without it a token could be dearer or cheaper.",
    "none": "Not modelled. Without it a token would cost about the same.",
}


def target(scenario: Scenario) -> str:
    """The scenario at its target: "Llama 3.1 70B on H100 SXM at 50 tokens/s per user"."""
    return (
        f"{scenario.architecture.name} on {scenario.accelerator.name} "
        f"at {formats.user_speed(scenario.target_tokens_per_s_user)}"
    )


def moved(found: Effects) -> str:
    """What moves the price most, in a sentence."""
    costs = f"{target(found.scenario)} costs {formats.money(found.usd)} per million output tokens"
    if not found.largest:
        return f"{costs}, and nothing that is assumed moves it"
    most = found.largest[0]
    assert most.usd is not None  # it has a size
    if most in found.constants:
        return f"{costs}; of all that is assumed, {constant(most)} moves it most, to {formats.money(most.usd)}"
    if most.change < 0:
        return f"{costs}; even with {most.words} it would still be {formats.money(most.usd)}"
    return f"{costs}; with {most.words} it would be {formats.money(most.usd)}"


def constant(effect: Effect) -> str:
    """A constant that is otherwise: "10% less link efficiency"."""
    return f"{effect.words} {_inside(effect.name)}"


def _inside(name: str) -> str:
    """A label inside a sentence: "link efficiency", "ROCm memory factor"."""
    return name if name[1:2].isupper() else f"{name[:1].lower()}{name[1:]}"


def line(effect: Effect, *, is_constant: bool) -> str:
    """What stands before the bar of an effect."""
    text = constant(effect) if is_constant else effect.words
    return f"{text[:1].upper()}{text[1:]}"


def change(effect: Effect) -> str:
    """What an effect makes of the price: "$1.30, −46%", or why there is no price."""
    if effect.usd is None:
        return effect.reason.rstrip(".")
    return f"{formats.money(effect.usd)}, {signed(effect.change)}"


def signed(fraction: float) -> str:
    """A change with its sign: "+9.2%", "−46%", "×14" where it is more than twice, "no change"."""
    if abs(fraction) < LEAST:
        return "no change"
    if fraction > 1:
        return f"×{formats.digits(1 + fraction, 2)}"
    return f"{'−' if fraction < 0 else '+'}{formats.percent(abs(fraction))}"


def compared(effect: Effect) -> str:
    """What an effect makes of a price, inside a sentence: "9.2% more", "34% less", "2.2 times as much"."""
    if effect.change > 1:
        return f"{formats.digits(1 + effect.change, 2)} times as much"
    return f"{formats.percent(abs(effect.change))} {'less' if effect.change < 0 else 'more'}"


def support(found: Effects, asked: Scenario) -> str:
    """What is searched again, at which price; and where the target is not the one that was asked for."""
    own = own_assumptions(found)
    unreached = sum(effect.usd is None for effect in (*found.constants, *own))
    parts = [
        f"{constants_by_name(found)} constants by 10% and {otherwise(found)} other assumptions, all layouts searched "
        "again",
        price(found.scenario),
        f"{unreached} of the changes {'puts' if unreached == 1 else 'put'} the target out of reach"
        if unreached
        else "",
        lowered(found.scenario, asked),
    ]
    return " · ".join(part for part in parts if part)


def of_constants(found: Effects, asked: Scenario) -> tuple[str, str]:
    """Which constant moves the price most, and the line below."""
    most = max(found.constants, key=lambda effect: effect.size, default=None)
    count = constants_by_name(found)
    if most is None or most.usd is None or most not in found.largest:
        claim = f"None of {count} constants moves the price of {target(found.scenario)}"
    else:
        claim = (
            f"Of {count} constants, {_inside(most.name)} moves the price of {target(found.scenario)} most: with "
            f"{most.words} of it a token costs {compared(most)}"
        )
    return claim, support(found, asked)


def of_assumptions(found: Effects, asked: Scenario) -> tuple[str, str]:
    """How many assumptions there are, how many were computed, which moves the price most; and the line below."""
    known = assumptions()[found.scenario.engine]
    claim = f"{len(known)} assumptions behind {target(found.scenario)}, {otherwise(found)} of them computed otherwise"
    moving = [effect for effect in found.largest if effect in found.assumptions]
    if moving:
        claim += f": with {moving[0].words} a token costs {compared(moving[0])}"
    return claim, support(found, asked)


def own_assumptions(found: Effects) -> list[Effect]:
    """Alternatives that the scenario's own engine computed."""
    return [effect for effect in found.assumptions if effect.engine == found.scenario.engine]


def otherwise(found: Effects) -> int:
    """How many assumptions were computed otherwise, whatever the number of their alternatives. [1]"""
    return len({effect.name for effect in found.assumptions})


def constants_by_name(found: Effects) -> int:
    """How many constants were changed. [1]"""
    return len({effect.name for effect in found.constants if effect.name != LATENCY})


def glossary() -> tuple[str, str]:
    """How many terms there are, and whose."""
    return (
        f"{len(entries())} terms of serving and of its economics",
        "Those of the controls, the columns and the field.",
    )


def lowered(scenario: Scenario, asked: Scenario) -> str:
    """That a lower target is shown than was asked for; empty where it is not."""
    if scenario.target_tokens_per_s_user == asked.target_tokens_per_s_user:
        return ""
    return f"{formats.user_speed(asked.target_tokens_per_s_user)} is out of reach"


def price(scenario: Scenario) -> str:
    """What a GPU-hour costs, and on which basis."""
    cost = f"{formats.money(scenario.accelerator.price_usd_per_gpu_hour)} per GPU-hour"
    basis = scenario.price_basis
    return f"at your own price of {cost}" if basis == OWN else f"{cost} {words.on_basis(basis)}"


def source(scenario: Scenario) -> str:
    """What computed it, and how far that is from measurements."""
    engine = engine_of(scenario)
    parts = [engine.summary(scenario), f"times of {engine.stands_for}" if engine.stands_for else engine.error]
    return " · ".join([*(part for part in parts if part), "model, not measurement"])


def computed(found: Worked) -> str:
    """What the equations were computed for, in a sentence."""
    step = found.step
    return (
        f"{target(found.scenario)}: {formats.duration(step.tpot_s)} a token and "
        f"{formats.money(step.usd_per_million_tokens)} per million output tokens, by {len(found.numbers)} of "
        f"{len(equations())} equations"
    )


def setup(found: Worked, asked: Scenario) -> str:
    """The point behind the numbers."""
    users = formats.number(found.point["batch"])
    parts = [
        words.setup(found.point, found.scenario.accelerator.name),
        f"{users} {'user' if users == '1' else 'users'} at once",
        price(found.scenario),
        lowered(found.scenario, asked),
    ]
    return " · ".join(part for part in parts if part)


def assumption(said: Assumption, effects: list[Effect]) -> str:
    """What an assumption is worth, in a sentence: its alternatives with their prices, or where the truth lies."""
    if effects:
        return "; ".join(f"with {effect.words}: {change(effect)}" for effect in effects)
    return DIRECTIONS[said.direction] if not said.alternatives else "Nothing of it enters this scenario."
