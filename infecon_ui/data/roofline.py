"""The part Roofline: what accelerators can compute at most, and where the operators of the present scenario stand."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import streamlit as st

from infecon_core import Layout, Scenario, catalog
from infecon_core.analysis.roofline import OVER_CACHE, OperatorWork, Roof, operators_of, roof, roofs
from infecon_core.schema import FORMAT_BITS, Format
from infecon_core.schema.words import counted
from infecon_ui.bounded_cache import BoundedCache
from infecon_ui.charts.drawings import Bars, Line, Lines, Row, Scale, Span
from infecon_ui.charts.palette import VARIANTS
from infecon_ui.data import tables
from infecon_ui.data.part import Part
from infecon_ui.frontier import cache
from infecon_ui.page_controls import PageControls
from infecon_ui.plots.plot import Plot
from infecon_ui.plots.show import show
from infecon_ui.state.chosen import Chosen
from infecon_ui.text.formats import duration, user_speed
from infecon_ui.text.markdown import escaped

MOST = 3  # accelerators: their names and those of three kinds of points are six
BESIDE = ("h100-sxm", "b200-hgx", "mi355x")
# 1 to 10,000 FLOP/B: a cache of one head for each query at one end, thousands of sequences at the other. [FLOP/B]
_LEAST, _MOST = 1.0, 10_000.0
_WIDTHS = {16: VARIANTS[0], 8: VARIANTS[1], 4: VARIANTS[2]}
ANSWERS = BoundedCache(2_000_000)


class Point(NamedTuple):
    """Where a scenario runs.

    Attributes:
        operators (tuple of OperatorWork): Of one pass on one GPU.
        whole (OperatorWork): Together.
        batch (float): Sequences of the instance. [1]
        words (str): What the point is: "at 50 tokens/s per user", or "at its fastest" where the target is out of reach.
    """

    operators: tuple[OperatorWork, ...]
    whole: OperatorWork
    batch: float
    words: str


@ANSWERS.keep
def point_of(scenario: Scenario) -> Point | None:
    """The operators of the cheapest setup that meets the target, or of the fastest one; None where none runs."""
    points = cache.frontier(scenario).points
    if points is None:
        return None
    row = points.at(scenario.target_tokens_per_s_user)
    words = f"at {user_speed(scenario.target_tokens_per_s_user)}" if row is not None else "at its fastest setup"
    setup = points[points.rows["fastest"] if row is None else row]
    batch, positions = float(setup["batch"]), float(setup["draft_tokens"]) + 1.0
    operators, whole = operators_of(scenario, Layout.of(setup), batch, positions)
    return Point(operators, whole, batch, words)


def part(controls: PageControls, choice: Chosen) -> Part:
    """Rooflines and ridges of some accelerators, with the operators of the present scenario."""
    among = controls.entries("accelerators", "roofs")
    by_id = {one: label for label, one in among.items()}
    start = list(dict.fromkeys([choice.accelerator_id, *BESIDE]))[:MOST]
    ids = controls.several("Accelerators", among, "roofs", [by_id[one] for one in start], MOST)
    found = None if choice.scenario is None else point_of(choice.scenario)
    served = "bf16" if choice.scenario is None else choice.scenario.precision.weights
    formats = {name.upper(): name for name in FORMAT_BITS}
    wanted: Format = controls.select("Format of the roof", formats, "format", served.upper())
    shown = tuple(ids) or (choice.accelerator_id,)
    title, support = said_of(choice, found)
    plots: dict[str, Callable[[], Plot | None]] = {
        "roofline": lambda: roofline(choice, found, shown, wanted),
        "ridge": lambda: ridges(shown),
    }

    def draw(link: str) -> None:
        with st.grid(2, min_column_width=320, gap="large"):
            for make in plots.values():
                with st.container():
                    if (plot := make()) is not None:
                        show(plot, link)
                    else:
                        st.info(roof_claim({}, wanted), icon=":material/info:")
        if found is not None:
            _operators(choice, found)

    return Part(title, support, plots, draw)


def said_of(choice: Chosen, found: Point | None) -> tuple[str, str]:
    """The sentence of the part, and the line below it."""
    if choice.scenario is None or found is None:
        why = choice.problem or "No setup of it fits, so that no operators are shown."
        return "An accelerator computes at its peak only above its ridge of FLOP per byte", why
    bandwidth = choice.scenario.accelerator.hbm_bytes_per_s
    below = [one for one in found.operators if one.intensity < Roof(one.flop_per_s, bandwidth).ridge]
    count = len(found.operators)
    all_of = f"All {count}" if count > 1 else "The one"
    which = "None of the" if not below else all_of if len(below) == count else f"{len(below)} of the"
    operators = f"{which} {count if which.endswith('the') else ''}".strip()
    operators += " operators" if count > 1 else " operator"
    verb = "is" if len(below) < 2 else "are"
    title = f"{operators} of {choice.model_name} {verb} bound by the memory of {choice.accelerator_name} {found.words}"
    weights = choice.scenario.precision.weights.upper()
    rest = f"Batch {found.batch:,.4g} of one instance, decoding alone · {weights} weights · model, not measurement"
    return title, rest


def roofline(choice: Chosen, found: Point | None, ids: Sequence[str], name: Format) -> Plot | None:
    """Attainable FLOP/s over arithmetic intensity, one line an accelerator, with the operators as points."""
    x = np.geomspace(_LEAST, _MOST, 97)
    lines, rows, shown = [], [], dict[str, Roof]()
    for colour, accelerator_id in zip(VARIANTS, ids, strict=False):
        chip = catalog.accelerator(accelerator_id).accelerator
        try:
            bound = roof(chip, name)
        except ValueError:
            continue
        shown[chip.name] = bound
        at = np.sort(np.append(x, np.clip(bound.ridge, _LEAST, _MOST)))
        y = bound.attainable(at)
        lines.append(Line(chip.name, at, y / 1e12, colour, point=(bound.ridge, bound.flop_per_s / 1e12)))
        rows += [("roof", chip.name, one, value) for one, value in zip(at, y, strict=True)]
    if found is not None:
        cached = tuple(one for one in found.operators if one.name == OVER_CACHE)
        weights = tuple(one for one in found.operators if one.name != OVER_CACHE)
        groups = {"KV cache": cached, "Weights": weights, "Whole step": (found.whole,)}
        for (called, works), colour in zip(groups.items(), VARIANTS[MOST:], strict=True):
            if works:
                held, reached = (
                    np.array(part) for part in zip(*((w.intensity, w.achieved) for w in works), strict=True)
                )
                notes = tuple(one.name for one in works)
                lines.append(Line(called, held, reached / 1e12, colour, scattered=True, notes=notes))
                rows += [("operator", *one) for one in zip(notes, held, reached, strict=True)]
    if not shown:
        return None
    drawing = Lines(
        Scale("Arithmetic intensity, FLOP per byte of HBM", True),
        Scale("TFLOP/s of one GPU", True),
        tuple(lines),
    )
    return Plot(
        "roofline",
        roof_claim(shown, name),
        f"Attainable TFLOP/s: dense peak of {name.upper()} weights, or intensity · HBM bandwidth where that is lower"
        + ("" if found is None else f" · points: {choice.model_name} on {choice.accelerator_name} {found.words}"),
        drawing,
        "Datasheet peaks and bandwidths; points as the serving engine times them, efficiencies included · model, not "
        "measurement",
        lambda: pd.DataFrame(rows, columns=["what", "name", "flop_per_byte", "flop_per_s"]),
        () if choice.scenario is None else (choice.scenario,),
    )


def roof_claim(shown: Mapping[str, Roof], name: Format) -> str:
    """What the highest of some roofs says, in one sentence."""
    if not shown:
        return f"No accelerator here lists a rate at which {name.upper()} weights compute"
    best, bound = max(shown.items(), key=lambda one: one[1].flop_per_s)
    most = f"{bound.flop_per_s / 1e12:,.4g} TFLOP/s, from {bound.ridge:,.0f} FLOP per byte"
    if len(shown) == 1:
        return f"{best} computes {name.upper()} weights at up to {most}"
    return f"None here computes {name.upper()} weights faster than {best}: {most}"


def ridges(ids: Sequence[str]) -> Plot:
    """The intensity from which each format of each accelerator is bound by arithmetic."""
    rows, values = [], []
    for accelerator_id in ids:
        chip = catalog.accelerator(accelerator_id).accelerator
        best: dict[int, tuple[Format, Roof]] = {}
        for name, bound in roofs(chip).items():
            best.setdefault(FORMAT_BITS[name], (name, bound))
        for bits, (name, bound) in best.items():
            span = Span(0.0, bound.ridge, _WIDTHS[bits], f"{bits}-bit")
            rows.append(Row(f"{chip.name}, {name.upper()}", (span,), f"{bound.ridge:,.0f}"))
            values.append((chip.name, name, bound.flop_per_s, bound.bytes_per_s, bound.ridge))
    least, most = min(values, key=lambda one: one[4]), max(values, key=lambda one: one[4])
    claim = (
        f"{most[0]} needs {most[4]:,.0f} FLOP per byte to be bound by arithmetic in {most[1].upper()}, "
        f"{least[0]} {least[4]:,.0f} in {least[1].upper()}"
        if len(values) > 1
        else f"{most[0]} needs {most[4]:,.0f} FLOP per byte to be bound by arithmetic in {most[1].upper()}"
    )
    return Plot(
        "ridge",
        claim,
        "Ridge: dense arithmetic peak over HBM bandwidth, by format",
        Bars(Scale("FLOP per byte"), tuple(rows)),
        "Datasheet peaks and bandwidths, dense",
        lambda: pd.DataFrame(values, columns=["accelerator", "format", "flop_per_s", "bytes_per_s", "flop_per_byte"]),
    )


def _operators(choice: Chosen, found: Point) -> None:
    """The operators as a table."""
    assert choice.scenario is not None  # there are points
    bandwidth = choice.scenario.accelerator.hbm_bytes_per_s
    st.header("Operators of the step", anchor=False)
    total = sum(one.seconds for one in found.operators)
    st.markdown(
        escaped(
            f"One pass over {counted(round(found.batch, 2), 'sequence')}, on one GPU: the operators take "
            f"{duration(total)} of a step of {duration(found.whole.seconds)}, network and small kernels the rest."
        )
    )
    rows = [
        {
            "Operator": one.name,
            "GFLOP": one.flop / 1e9,
            "Read": tables.said(one.read_bytes, "B"),
            "FLOP/B": one.intensity,
            "Ridge": Roof(one.flop_per_s, bandwidth).ridge,
            "Bound by": "memory" if one.intensity < Roof(one.flop_per_s, bandwidth).ridge else "arithmetic",
            "Time": duration(one.seconds),
            "Of its roof": one.achieved / float(Roof(one.flop_per_s, bandwidth).attainable(one.intensity)),
        }
        for one in (*found.operators, found.whole)
    ]
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        height="content",
        column_config={
            **{name: st.column_config.NumberColumn(format="%,.4g") for name in ("GFLOP", "FLOP/B", "Ridge")},
            "Of its roof": st.column_config.NumberColumn(format="percent"),
        },
        alt="Operators of the step with their intensity and what bounds them.",
    )
