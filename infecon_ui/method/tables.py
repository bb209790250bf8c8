"""The constants as tables: value, evidence, and what 10% of each makes of the price."""

import pandas as pd

from infecon_core.analysis.assumptions import LATENCY, Effect, Effects, constants
from infecon_core.catalog.stated import stated
from infecon_ui.method import quantities, words

LESS, MORE = "10% less", "10% more"


def constants_table(found: Effects) -> pd.DataFrame:
    """The constants that the engine reads, those that move the price most first."""
    told = {(effect.name, effect.words): effect for effect in found.constants}
    size = {name: max(e.size for (own, _), e in told.items() if own == name) for name, _ in told}
    rows = []
    for one in sorted(constants(found.scenario), key=lambda one: -size.get(one.facts.label, 0.0)):
        scale = one.facts.per_shown
        unit = one.facts.shown or one.facts.unit
        rows.append(
            {
                "Constant": one.facts.label,
                "Value": f"{quantities.quantity(one.value / scale, '1')} {'' if unit == '1' else unit}".strip(),
                **{name: _change(told, one.facts.label, name) for name in (LESS, MORE)},
                "Kind": one.provenance.kind,
                "Date": one.provenance.date,
                "Evidence": one.provenance.source,
                "What it is": one.facts.help,
            }
        )
    if (LATENCY, LESS) in told:
        latency = {name: _change(told, LATENCY, name) for name in (LESS, MORE)}
        what = "Latency of every collective: of the accelerator inside a domain, of NCCL across domains."
        evidence = "All-reduce latencies of data/accelerators; data/collectives; all-to-all latency above."
        rows.append({"Constant": LATENCY, **latency, "Evidence": evidence, "What it is": what})
    return pd.DataFrame(rows).fillna("")


def _change(told: dict[tuple[str, str], Effect], label: str, name: str) -> str:
    effect = told.get((label, name))
    if effect is None:
        return ""
    return "out of reach" if effect.usd is None else words.signed(effect.change)


def stated_table() -> pd.DataFrame:
    """Numbers of the data that no control changes."""
    return pd.DataFrame(
        [
            {
                "Number": one.name,
                "Value": quantities.quantity(one.value, one.unit),
                "Moves": one.enters,
                "Kind": one.provenance.kind,
                "Date": one.provenance.date,
                "Evidence": one.provenance.source,
            }
            for one in stated()
        ]
    )
