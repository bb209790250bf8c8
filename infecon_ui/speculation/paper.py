"""The paper on drafts: Equation 46 with the present numbers, beside the scheme it is after, and its Table 5."""

from functools import cache

import numpy as np
import pandas as pd

from infecon_core import catalog
from infecon_core.analysis.draft_forms import Forms
from infecon_core.choices import Comparison
from infecon_core.paper.exhibits import compare, kept
from infecon_core.paper.exhibits.open_points import open_points
from infecon_core.paper.exhibits.scenarios import choices_of
from infecon_core.paper.exhibits.values import Exhibit, Row, exhibit
from infecon_core.physics.speculation import expected_tokens
from infecon_ui.charts.drawings import Cell, Cells, Line, Lines, Scale
from infecon_ui.charts.palette import VARIANTS
from infecon_ui.plots.plot import Plot
from infecon_ui.speculation import cache as answers
from infecon_ui.speculation.question import LONGEST, Question
from infecon_ui.state import links
from infecon_ui.text import formats

TABLE, POINT = "table-5", "One draft too many"
PRINTED, EARLY, TODAY = "Printed", "Early form, computed", "Final form, computed"


def forms_of(asked: Question) -> Forms:
    """Both forms of a round at the setup that is held."""
    return answers.forms(asked.scenario, asked.layout, asked.batch, LONGEST)


def equations(asked: Question) -> tuple[str, str]:
    """Equation 46 and Leviathan's form, each at its best draft length, in LaTeX with the present numbers."""
    found = forms_of(asked)
    i, j = int(found.paper_s.argmin()), int(found.leviathan_s.argmin())
    return (
        r"T = \frac{(1-\alpha)\,(t_P(\gamma) + \gamma\,t_Q)}{1-\alpha^{\gamma}} = "
        + _numbers(found, i, found.check_s[i], i + 1, float(found.paper_s[i])),
        r"T = \frac{(1-\alpha)\,(t_P(\gamma+1) + \gamma\,t_Q)}{1-\alpha^{\gamma+1}} = "
        + _numbers(found, j, found.check_s[j + 1], j + 2, float(found.leviathan_s[j])),
    )


def _numbers(found: Forms, i: int, check_s: float, power: int, total_s: float) -> str:
    gamma, alpha = int(found.draft_tokens[i]), f"{found.acceptance:.2f}"
    checked, drafted = (f"{1e3 * seconds:.2f}" for seconds in (check_s, found.draft_s))
    total = f"{1e3 * total_s:.2f}"
    if found.acceptance == 1:  # the limit: one token a power
        return rf"\frac{{{checked} + {gamma}\cdot {drafted}}}{{{power}}}\ \mathrm{{ms}} = {total}\ \mathrm{{ms}}"
    return (
        rf"\frac{{(1-{alpha})\,({checked} + {gamma}\cdot {drafted})}}{{1-{alpha}^{{{power}}}}}\ \mathrm{{ms}} = "
        rf"{total}\ \mathrm{{ms}}"
    )


def explained(asked: Question) -> str:
    """What the symbols are, and where the difference comes from, with what the paper's own tables lose by it."""
    found = forms_of(asked)
    tokens = expected_tokens(found.acceptance, LONGEST)
    prompts = ", prompts of others included" if asked.capabilities.prompts else ""
    point = next((point.text for point in open_points() if point.name == POINT), "")
    return (
        f"t_P(n): the model's pass over n positions of every sequence; t_Q: drafting one token; α = "
        f"{found.acceptance:.2f}; all at {asked.held}, batch {formats.number(asked.batch)}{prompts}. "
        f"A round of {LONGEST} drafts gives {tokens:.2f} tokens by the second and "
        f"{expected_tokens(found.acceptance, LONGEST - 1):.2f} by the first. {point}"
    )


def forms_plot(asked: Question) -> Plot:
    """Time per token over the draft length by both forms."""
    found = forms_of(asked)
    lines = tuple(
        Line(name, found.draft_tokens, seconds * 1e3, colour, point=_least(found, seconds))
        for name, seconds, colour in (
            ("Equation 46: γ checked", found.paper_s, VARIANTS[1]),
            ("Leviathan: γ + 1 checked", found.leviathan_s, VARIANTS[0]),
        )
    )
    return Plot(
        "forms",
        f"With γ + 1 positions checked, as Leviathan et al. do, the best round of this setup is "
        f"{formats.percent(found.difference)} faster than by Equation 46, which leaves the last draft unused",
        f"Milliseconds of one output token over draft length · {asked.held} · {asked.served}",
        Lines(Scale("Drafted tokens of a round, γ", low=0.5), Scale("Milliseconds of one output token"), lines),
        f"{asked.source} · arXiv:2506.04645, Equation 46; arXiv:2211.17192, Equation 1",
        lambda: pd.DataFrame(
            {"draft_tokens": found.draft_tokens, "paper_s": found.paper_s, "leviathan_s": found.leviathan_s}
        ),
        (asked.scenario,),
    )


def _least(found: Forms, seconds: np.ndarray) -> tuple[float, float]:
    i = int(seconds.argmin())
    return float(found.draft_tokens[i]), float(seconds[i]) * 1e3


@cache
def table_plot() -> Plot:
    """Table 5: printed, computed with the early form that made it, and with the paper's final one."""
    shown = exhibit(TABLE)
    table = compare.table(TABLE, kept.curve)
    cells = tuple(_cells_of(row, table) for row in shown.rows)
    return Plot(
        "table_5",
        _gained(shown, table),
        "Table 5 of arXiv:2506.04645: preferred setups on H100 at $2.10 an hour, 16-bit weights, a draft of 8 billion "
        "parameters, acceptance 0.8; cells open their frontier",
        Cells("How", "Row", (PRINTED, EARLY, TODAY), tuple(row.label for row in shown.rows), cells),
        f"{shown.provenance.source} ({shown.provenance.date}); computed by the published engine, data "
        f"{catalog.data_version()}",
        lambda: table,
    )


def _values(row: Row, table: pd.DataFrame, alternative: str) -> dict[str, float]:
    found = table[(table["row"] == row.label) & (table["alternative"] == alternative)]
    return dict(zip(found["quantity"], found["ours"], strict=True))


def _cells_of(row: Row, table: pd.DataFrame) -> tuple[Cell, ...]:
    other = row.alternatives[0]
    printed = {quantity: number.value for quantity, number in row.printed.items()}
    found = [
        (printed, None, ""),
        (_values(row, table, ""), row.setup, ""),
        (_values(row, table, other.label), other.setup, other.difference),
    ]
    cells = []
    for values, setup, why in found:
        speed = values["tokens_per_s_user"]
        link = "" if setup is None else links.address("./", links.encode(Comparison(choices_of(setup, speed))))
        small = (
            f"{formats.money(values['usd_per_million_tokens'])}, {formats.number(values['n_gpu'])} GPUs, "
            f"batch {formats.number(values['batch'])}"
        )
        cells.append(Cell(f"{formats.number(speed)} tokens/s", "", small, (why,) if why else (), link))
    return tuple(cells)


def _gained(shown: Exhibit, table: pd.DataFrame) -> str:
    """By how much drafts raise the speed of the preferred setups, printed and by the final form."""
    told = []
    for plain, drafted in zip(shown.rows[::2], shown.rows[1::2], strict=True):
        printed = drafted.printed["tokens_per_s_user"].value / plain.printed["tokens_per_s_user"].value
        label = plain.alternatives[0].label
        today = _values(drafted, table, label)["tokens_per_s_user"] / _values(plain, table, label)["tokens_per_s_user"]
        told.append(f"{printed:.2f} times the speed of {plain.label} as printed, {today:.2f} times by the final form")
    return f"Drafts give {'; '.join(told)}"
