"""The charts of the page as slides: what they claim, what they show, and what their numbers are."""

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
import pandas as pd

from infecon_core import catalog
from infecon_core.validation.frontier_scores import ScoredSet
from infecon_core.validation.published_claims import RecomputedClaim, claims_table
from infecon_ui.charts.drawings import Bars, Line, Lines, Row, Scale, Span
from infecon_ui.charts.palette import CURVE, GHOST, MUTED, VARIANTS
from infecon_ui.measured import tables
from infecon_ui.measured.points import MEASURED, Predictor, error, thinned
from infecon_ui.plots.plot import Plot
from infecon_ui.text.formats import percent

_SHOWN = 400  # points of a slide, where more lie upon each other
_REST = "others"
SOURCE = "Measurements of others, each with its source in the table"


def points_plot(points: pd.DataFrame, predictor: Predictor, groups: str, filters: str) -> Plot:
    """Predicted against measured times, those of the six largest groups in colours.

    Args:
        points (DataFrame): Those that pass the filters; at least one.
        predictor (Predictor): Whose predictions.
        groups (str): Column of the groups.
        filters (str): What is filtered, in words; may be empty.
    """
    drawn = thinned(points, _SHOWN)
    names = list(points[groups].value_counts().index[: len(VARIANTS)])
    values = points[[MEASURED, predictor.column]].to_numpy(float)
    ends = np.array([values[values > 0].min(), values.max()])
    of_groups = [(name, colour, drawn[drawn[groups] == name]) for name, colour in zip(names, VARIANTS, strict=False)]
    rest = (_REST, GHOST, drawn[~drawn[groups].isin(names)])
    dots = tuple(
        Line(
            name, part[MEASURED].to_numpy(float), part[predictor.column].to_numpy(float), colour,
            scattered=True,
        )
        for name, colour, part in (rest, *of_groups)
        if len(part)
    )  # fmt: skip
    scale = Scale("Measured, ms per output token", log=True)
    drawing = Lines(
        scale,
        Scale("Predicted, ms per output token", log=True),
        (Line("exact", ends, ends, MUTED), *dots),
    )
    return Plot(
        "points",
        f"On {len(points):,} measured points the {predictor.label.lower()} is off by "
        f"{percent(error(points, predictor.column))} in the middle case",
        f"Predicted against measured time per output token{f' · {filters}' if filters else ''}",
        drawing,
        f"{SOURCE} · data {catalog.data_version()}",
        lambda: points.drop(columns="hover"),
    )


def frontier_plot(one: ScoredSet, points: pd.DataFrame, said: str) -> Plot:
    """A measured frontier over ours.

    Args:
        one (ScoredSet): The set.
        points (DataFrame): Its points.
        said (str): It in a sentence.
    """
    measured = one.found.measured
    drawing = Lines(
        Scale("Speed of a user, tokens/s", log=True),
        Scale("Output tokens/s of one GPU", log=True),
        (
            Line(
                "measured setups", points["tokens_per_s_user"].to_numpy(float),
                points["tokens_per_s_per_gpu"].to_numpy(float), MUTED, scattered=True,
            ),
            Line("measured, the best", measured.speed, measured.throughput, MUTED, np.full(measured.speed.size, True)),
            Line("ours", one.ours.speed, one.ours.throughput, CURVE),
        ),
    )  # fmt: skip
    subject, _, found = said.partition(": ")
    claim = f"{found[:1].upper()}{found[1:]}"
    return Plot(
        "frontiers",
        claim,
        subject,
        drawing,
        f"{SOURCE} · data {catalog.data_version()}",
        partial(points.drop, columns="hover"),
    )


def claims_plot(claims: Sequence[RecomputedClaim], said: str) -> Plot:
    """Ours over theirs of every claim.

    Args:
        claims (sequence of RecomputedClaim): From top to bottom.
        said (str): They in a sentence.
    """
    rows = tuple(
        Row(
            one.claim.label,
            (Span(0.0, one.ratio, CURVE if one.met else GHOST, "within a quarter" if one.met else "further off"),),
            f"×{one.ratio:.2f}",
        )
        if np.isfinite(one.ratio)
        else Row(one.claim.label, (), "no answer")
        for one in claims
    )
    return Plot(
        "claims",
        said.split(". ", maxsplit=1)[0],
        "What others published on their servers, at the layout, lengths and unit in which they did",
        Bars(Scale("Ours over theirs"), rows),
        f"Serving engine with shipped constants · data {catalog.data_version()}",
        lambda: claims_table(tuple(claims)),
    )


def residuals_plot(binned: Mapping[str, pd.DataFrame], claim: str) -> Plot:
    """Predicted over measured time along every property: the middle 80% as a bar.

    Args:
        binned (mapping): As `tables.binned` returns them, by key of `tables.BINS`.
        claim (str): How far off all are.
    """
    rows = tuple(
        Row(
            f"{tables.BINS[by].title} {row['bin']}",
            (Span(float(row["low"]), float(row["high"]), CURVE, "middle 80%"),),
            f"×{row['middle']:.2f}",
        )
        for by, frame in binned.items()
        for _, row in frame.iterrows()
    )
    return Plot(
        "residuals",
        claim,
        "Predicted over measured time per output token: the middle 80%, and the median as a number",
        Bars(Scale("Predicted over measured"), rows),
        f"{SOURCE} · data {catalog.data_version()}",
        lambda: pd.concat([frame.assign(property=by) for by, frame in binned.items()]),
    )
