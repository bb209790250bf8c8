"""The paper's exhibits as people read them: printed beside ours, what differs and why, and what stays open."""

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd
import streamlit as st

from infecon_core import catalog
from infecon_core.paper import tables
from infecon_core.paper.published_values import Exhibit, Setup, exhibits
from infecon_ui import wording

# The order of the tabs.
TABLES = tuple(f"table-{number}" for number in range(1, 7))
FIGURES = ("figure-1", "figure-2", "figure-9")
EXHIBITS = (*TABLES, *FIGURES, "claims")

HEADS: Mapping[str, str] = {
    "tokens_per_s_user": "Tokens/s",
    "usd_per_million_tokens": "$ per million tokens",
    "n_gpu": "GPUs",
    "batch": "Batch",
    "token_ms": "ms per token",
    "exponent": "Exponent",
}
# In a sentence, where a row has several quantities.
_NAMES: Mapping[str, str] = {
    "tokens_per_s_user": "speed",
    "usd_per_million_tokens": "price",
    "n_gpu": "GPUs",
    "batch": "batch",
}
AGREES, DIFFERS = ":green[✓]", ":orange[≠]"
_MOST_DECIMALS = 6

# Where our numbers depend on what the paper left open; the reproduction keeps all of it as it is.
OPEN_POINTS: Sequence[tuple[str, str]] = (
    (
        "Fractions",
        "GPUs, ranks, pipeline stages and batches may be fractions, heads need not divide, and keys and values are "
        "never held twice. Every GPU count and batch here rests on it, and the best setups hop with the search grid.",
    ),
    (
        "Memory of pipelines",
        "Capacity is checked with the cache of one microbatch, though all of them are resident. It makes the cheap "
        "end of the long contexts in Figure 9 up to 1.4 times too cheap.",
    ),
    (
        "Shapes",
        "Llama 3.1 405B is entered with twice its KV heads, Falcon with one instead of eight, DeepSeek-V3 as 58 equal "
        "layers (really 61, three of them dense) with the shared expert drawn at random and no rotary part in the "
        "cache (59 instead of 70 KB a token). Tables 2, 3 and 5 have no context and feel little of it; the 6× of "
        "DeepSeek-V3 among the claims rests on it.",
    ),
    (
        "Free moves",
        "Attention on fewer shards costs no resharding and no second copy of weights; experts are perfectly balanced, "
        "exchange with at most as many ranks as a token has experts, and are spread only where a microbatch is at "
        "least twice the sparsity, a rule that the text does not state. The first moves Tables 3 and 6; the others "
        "the rows of Mixtral, GPT-4 and DeepSeek-V3 in Tables 2 and 3.",
    ),
    (
        "One draft too many",
        "Each round of speculation drafts one token more than the scheme needs. The top speeds of Tables 2 and 5 and "
        "of Figure 9 would otherwise be 9 to 21% higher.",
    ),
    (
        "Rates and latencies",
        "Arithmetic follows the width of the weights although activations keep 16 bits, which favours the 8-bit and "
        "4-bit rows; the caps on utilisation differ by GPU without a stated reason, which moves Table 4; all "
        "generations have the same NCCL latencies, and today's engines have far faster small all-reduces, which "
        "would raise every fastest setup.",
    ),
    (
        "What fills memory and launches",
        "The draft's weights and cache, activations and buffers take no memory (the speculative rows), and a layer "
        "launches four kernels of 4 µs, with nothing saved by CUDA graphs and nothing for norms, routing and sampling "
        "(every fastest setup).",
    ),
    (
        "Decoding alone",
        "No prompt is processed, nobody queues, contexts do not vary, and communication overlaps with nothing. Every "
        "price on this page is that of decoding alone.",
    ),
    (
        "Swapped widths",
        "One 8-bit Llama 3 8B has the widths of its weights and activations swapped, and the curves of Figure 3 that "
        "are labelled 8-bit use 16-bit models. No number on this page uses either.",
    ),
    (
        "Embeddings and parallel blocks",
        "Both embedding tables count as arithmetic, and the full model ignores that attention and feed-forward may "
        "run side by side. PaLM-540B in Table 1 has four all-reduces a layer for the same reason; it needs two.",
    ),
)


@st.cache_data(max_entries=64, show_spinner=False)
def curve(setup: Setup) -> pd.DataFrame:
    """The frontier of one setup; several exhibits share one.

    Parameters
    ----------
    setup : Setup
        What is served on what; small and frozen, so its hash is the key.
    """
    return tables.curve(setup)


@st.cache_data(max_entries=32, show_spinner=False)
def _table(exhibit_id: str, data_version: str) -> pd.DataFrame:
    return tables.table(exhibit_id, curve)


def table(exhibit_id: str) -> pd.DataFrame:
    """One exhibit, printed beside computed, as `infecon_core.paper.tables.table` has it."""
    return _table(exhibit_id, catalog.data_version())


def exhibit(exhibit_id: str) -> Exhibit:
    """What one exhibit shows and where its printed numbers come from."""
    return exhibits()[exhibit_id]


def label(exhibit_id: str) -> str:
    """The short name of an exhibit."""
    return exhibit(exhibit_id).label


def curves(exhibit_id: str) -> dict[str, pd.DataFrame]:
    """The curves of a figure, by label."""
    return {line.label: curve(line.setup) for line in exhibit(exhibit_id).curves}


def pivot(frame: pd.DataFrame) -> pd.DataFrame:
    """One row of the paper a row, with its marker: "printed | ours" by quantity, in Markdown.

    Parameters
    ----------
    frame : DataFrame
        From `table`.
    """
    # Rows of one number each, of whatever quantity, share a column.
    single = frame["quantity"].nunique() > 1 and bool((frame.groupby(["row", "reading"]).size() == 1).all())
    explained = bool(frame["how"].any())
    lines = []
    for (row, reading), numbers in frame.groupby(["row", "reading"], sort=False):
        marker = AGREES if numbers["agrees"].all() else DIFFERS
        name = f"↳ *{wording.escaped(reading)}*" if reading else wording.escaped(row)
        line = {"": f"{marker} {name}"}
        for _, number in numbers.iterrows():
            line["Printed | ours" if single else wording.escaped(HEADS[number["quantity"]])] = cell(number)
        if explained:
            line["How"] = wording.escaped(numbers["how"].iloc[0])
        lines.append(line)
    return pd.DataFrame(lines).fillna("")


def cell(number: pd.Series) -> str:
    """ "99 | 99.1", and how far off where it differs: "247 | 246.496 (−0.2%)", in Markdown."""
    ours = _ours(number)
    return f"{_printed(number)} | " + (ours if number["agrees"] else f"**{ours}** ({_off(number)})")


def reasons(frame: pd.DataFrame) -> list[str]:
    """Why numbers differ: one line for each reason, with what it explains.

    Parameters
    ----------
    frame : DataFrame
        From `table`.
    """
    differing = frame[~frame["agrees"]]
    lines = []
    for (row, reading, reason), numbers in differing.groupby(["row", "reading", "reason"], sort=False):
        where = f"{row}, {reading}" if reading else row
        far = [
            f"{_NAMES[n['quantity']]} {_off(n)}" if n["quantity"] in _NAMES else _off(n) for _, n in numbers.iterrows()
        ]
        lines.append(f"**{wording.escaped(where)}** ({', '.join(far)}). {wording.escaped(reason)}")
    return lines


def legend(frame: pd.DataFrame) -> str:
    """How to read a table from `pivot`."""
    text = f"Each cell: printed | ours. {AGREES} All of the row agrees at the printed precision."
    return text if frame["agrees"].all() else f"{text} {DIFFERS} Something differs."


def counts(frame: pd.DataFrame) -> tuple[int, int]:
    """Printed values that agree, and all of them."""
    counted = frame[frame["counted"]]
    return int(counted["agrees"].sum()), len(counted)


def summary(frames: Mapping[str, pd.DataFrame]) -> str:
    """How many printed values agree, and where the others stand.

    Parameters
    ----------
    frames : mapping
        Exhibits from `table`, by id; all of them, or those that are computed so far.
    """
    scores = {name: counts(frame) for name, frame in frames.items()}
    agreeing, total = (sum(column) for column in zip(*scores.values(), strict=True))
    others = total - agreeing
    if len(frames) < len(EXHIBITS):
        return f"Computing: {agreeing} of {total} printed values agree so far."
    if not others:
        return f"All {total} printed values agree at the printed precision."
    where = _listed(f"{label(name)} ({total - agree})" for name, (agree, total) in scores.items() if agree < total)
    verb = "the other one is" if others == 1 else f"the other {others} are"
    return (
        f"**{agreeing} of {total}** printed values agree at the printed precision; {verb} explained: {where}. "
        "Other readings of a number and comparisons with measurements stand beside them and are not counted."
    )


def _listed(names: Iterable[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def _printed(number: pd.Series) -> str:
    decimals = max(int(number["decimals"]), 0)
    text = f"{number['printed']:,.{decimals}f}"
    if pd.notna(number["high"]):
        text = f"{text} to {number['high']:,.{decimals}f}"
    if number["at_most"]:
        text = f"at most {text}"
    return text + _suffix(number)


def _ours(number: pd.Series) -> str:
    decimals = max(int(number["decimals"]), 0) + 1
    shown = f"{number['ours']:,.{decimals}f}"
    # Enough digits that the shown number cannot be rounded to the printed one where ours cannot.
    while (
        not number["agrees"]
        and decimals < _MOST_DECIMALS
        and abs(float(shown.replace(",", "")) - number["printed"]) <= 0.5 * 10.0 ** -number["decimals"]
    ):
        decimals += 1
        shown = f"{number['ours']:,.{decimals}f}"
    return shown + _suffix(number)


def _suffix(number: pd.Series) -> str:
    """The unit, where the column's head does not name it."""
    if number["quantity"] in HEADS or number["unit"] == "1":
        return ""
    return number["unit"] if number["unit"] in ("%", "×") else f" {number['unit']}"


def _off(number: pd.Series) -> str:
    """How far ours is from the print: in points where the number is a percentage itself, else in percent."""
    if number["unit"] == "%":
        end = number["high"] if pd.notna(number["high"]) and number["ours"] > number["high"] else number["printed"]
        text = f"{number['ours'] - end:+.1f} points"
    else:
        difference = number["difference"]
        text = f"{difference:+.1%}" if abs(difference) < 0.0995 else f"{difference:+.0%}"
    return text.replace("-", "−")
