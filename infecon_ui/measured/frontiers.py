"""The part of the page that lays measured frontiers over ours."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import streamlit as st

from infecon_core import catalog
from infecon_core.validation.frontier_scores import (
    SPEEDS,
    ScoredSet,
    best_over_one_engine,
    by_model,
    by_speed,
    shipped_sets,
)
from infecon_core.validation.scores import ALL
from infecon_ui.charts.figure import Figure, show
from infecon_ui.measured.controls import CHART
from infecon_ui.measured.frontier_figure import frontier_figure
from infecon_ui.measured.points import with_names
from infecon_ui.state import page_links
from infecon_ui.text import formats
from infecon_ui.text.markdown import escaped

NOTE = (
    "A measured frontier is the best of all engines and layouts that were tried on one model, accelerator, format and "
    "length, with prompts on the GPUs that decode; ours has the same largest instance and constants fitted without the "
    "model. *Speed* is our speed over the measured one at equal throughput. Throughput at equal speed differs by more, "
    "most of all where the curve is steep; it is told as far as the measured frontier reaches."
)


def show_frontiers(buttons: Callable[[], None]) -> None:
    """The statement, one chosen set as a chart with its buttons, the tables over all sets and their file."""
    st.header("Frontiers", anchor=False)
    sets = shipped_sets()
    st.markdown(escaped(_found().statement))
    one = _asked(sets)
    said = of_one(one)
    show(figure(one), key="frontiers_chart", config=CHART, alt=f"{said} Below, all sets as tables.")
    st.caption(escaped(said))
    buttons()
    with st.grid(2, min_column_width=320, gap="large"):
        with st.container():
            st.markdown("**At equal speed**")
            st.dataframe(
                _found().by_speed,
                hide_index=True,
                column_config=_speed_columns(),
                alt="Throughput at equal speed.",
            )
        with st.container():
            st.markdown("**By model**")
            st.dataframe(
                _found().by_model,
                hide_index=True,
                height="content",
                placeholder="",
                column_config=_model_columns(),
                alt="Speed at equal throughput by model.",
            )
    st.caption(NOTE)
    st.download_button(
        "These frontiers, CSV",
        csv,
        f"measured-frontiers-{catalog.data_version()}.csv",
        "text/csv",
        key="frontiers_csv",
        on_click="ignore",
        icon=":material/download:",
        width=200,
        help="Every point of the measured frontiers with our speed at its throughput and our throughput at its speed.",
    )


def _asked(sets: Sequence[ScoredSet]) -> ScoredSet:
    """The set that the reader asks for: model, accelerator, then formats and lengths."""
    left = list(sets)
    with st.grid(3, min_column_width=200):
        for key, (label, name) in _CHOICES.items():
            options = list(dict.fromkeys(name(one) for one in left))
            page_links.check(key, options)
            left = _left(left, name, st.selectbox(label, options, key=key, bind="query-params"))
    return left[0]


def chosen_set() -> ScoredSet:
    """The set that the page shows, once its controls are drawn."""
    left = list(shipped_sets())
    for key, (_, name) in _CHOICES.items():
        left = _left(left, name, st.session_state.get(key))
    return left[0]


def _left(sets: list[ScoredSet], name: Callable[[ScoredSet], str], chosen: object) -> list[ScoredSet]:
    """Those of a name, or of the first one's where there is none of it."""
    return [one for one in sets if name(one) == chosen] or [one for one in sets if name(one) == name(sets[0])]


def _model(one: ScoredSet) -> str:
    return catalog.model(one.found.model_id).architecture.name


def _accelerator(one: ScoredSet) -> str:
    return catalog.accelerator(one.found.accelerator_id).accelerator.name


def _lengths(one: ScoredSet) -> str:
    found = one.found
    formats_of = dict.fromkeys([found.precision.weights, found.precision.kv])
    names = "/".join(formats.number_format(name) for name in formats_of)
    return f"{names}, {found.isl:,.0f} in, {found.osl:,.0f} out"


# Controls by their parameters, from the widest to the narrowest.
_CHOICES: Mapping[str, tuple[str, Callable[[ScoredSet], str]]] = {
    "frontiers_model": ("Model", _model),
    "frontiers_accelerator": ("Accelerator", _accelerator),
    "frontiers_lengths": ("Format and lengths", _lengths),
}
PARAMETERS = tuple(_CHOICES)


class _Found(NamedTuple):
    """What is told of all sets."""

    statement: str
    by_speed: pd.DataFrame
    by_model: pd.DataFrame


@lru_cache(maxsize=1)
def _found() -> _Found:
    sets = shipped_sets()
    return _Found(statement(sets), by_speed(sets), model_table(sets))


@lru_cache(maxsize=64)  # 31 kB each, 2 MB together
def figure(one: ScoredSet) -> Figure:
    """The chart of one set."""
    return frontier_figure(one, points_of(one))


def points_of(one: ScoredSet) -> pd.DataFrame:
    """The measured points of a set with names and hover text."""
    return with_names(one.found.points.assign(**{"predicted_tpot_ms": np.nan}))


def statement(sets: Sequence[ScoredSet]) -> str:
    """How our frontiers lie to the measured ones, and whose engine each of them stands for."""
    row = by_model(sets).iloc[0]
    best = best_over_one_engine([one.found for one in sets])
    several = (
        f": where several were tried, the best is {formats.percent(best - 1)} faster than one of them"
        if np.isfinite(best)
        else ""
    )
    return (
        f"At equal throughput our frontiers are at ×{row['middle']:.2f} of the measured speed in the middle case of "
        f"{row['sets']} setups, four of five of them between ×{row['low']:.2f} and ×{row['high']:.2f}; half of them "
        f"are off by less than {formats.percent(row['error'])}. The measured frontier is the best of the engines that "
        f"were tried, ours a typical one{several}."
    )


def of_one(one: ScoredSet) -> str:
    """One set in a sentence."""
    ratios = one.speed_ratios
    reached = ratios[ratios > 0]
    software = " and ".join(sorted(one.found.points["software"].unique()))
    lost = ratios.size - reached.size
    missed = f", and does not reach the throughput of {lost}" if lost else ""
    return (
        f"{_model(one)} on {_accelerator(one)}, {_lengths(one)}, measured with {software}: at equal throughput our "
        f"frontier is at ×{one.speed_ratio:.2f} of the measured speed in the middle case, ×{reached.min():.2f} to "
        f"×{reached.max():.2f} along its {ratios.size} points{missed}."
        if reached.size
        else f"{_model(one)} on {_accelerator(one)}, {_lengths(one)}: our frontier reaches none of the measured points."
    )


@lru_cache(maxsize=1)
def csv() -> str:
    """Every point of the measured frontiers beside ours, as CSV."""
    parts = []
    for one in shipped_sets():
        found, measured = one.found, one.found.measured
        parts.append(
            pd.DataFrame(
                {
                    "model_id": found.model_id,
                    "accelerator_id": found.accelerator_id,
                    "weights": found.precision.weights,
                    "kv": found.precision.kv,
                    "isl": found.isl,
                    "osl": found.osl,
                    "max_gpus": found.max_gpus,
                    "measured_tokens_per_s_user": measured.speed,
                    "measured_tokens_per_s_per_gpu": measured.throughput,
                    "our_speed_over_measured": one.speed_ratios,
                    "our_throughput_over_measured": one.point_ratios,
                }
            )
        )
    return str(pd.concat(parts).to_csv(index=False, lineterminator="\n"))


def model_table(sets: Sequence[ScoredSet]) -> pd.DataFrame:
    """Ratios by model, with names and errors in percent."""
    found = by_model(sets)
    names = {name: entry.architecture.name for name, entry in catalog.models().items()} | {ALL: "All"}
    return found.assign(label=found["label"].map(names), error=100 * found["error"])


def _ratio(head: str, meaning: str) -> Any:
    return st.column_config.NumberColumn(head, help=meaning, format="×%.2f")


def _model_columns() -> Mapping[str, Any]:
    return {
        "label": st.column_config.TextColumn("Model", pinned=True),
        "sets": "Setups",
        "low": _ratio("10%", "One of ten setups is below this."),
        "middle": _ratio("Speed", "Median over setups of our speed over the measured one at equal throughput."),
        "high": _ratio("90%", "One of ten setups is above this."),
        "error": st.column_config.NumberColumn(
            "Off by", help="Median over setups of how far the speed is from ×1.", format="%.1f%%"
        ),
        **{
            f"at_{speed:g}": _ratio(f"At {speed:g}", f"Our throughput over the measured one at {speed:g} tokens/s.")
            for speed in SPEEDS
        },
        **{f"sets_{speed:g}": None for speed in SPEEDS},
    }


def _speed_columns() -> Mapping[str, Any]:
    return {
        "tokens_per_s_user": st.column_config.NumberColumn("Speed", format="%d tokens/s"),
        "sets": st.column_config.NumberColumn("Setups", help="Setups that were measured at this speed."),
        "low": _ratio("10%", "One of ten setups is below this."),
        "middle": _ratio("Throughput", "Median over setups of our throughput over the measured one at this speed."),
        "high": _ratio("90%", "One of ten setups is above this."),
        "points": st.column_config.NumberColumn("Points", help="Points of measured frontiers nearest to this speed."),
        "at_points": _ratio("At points", "The median at the very speeds of these points."),
    }
