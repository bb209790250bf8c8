"""The paper's exhibits as people read them: printed beside ours, what differs, and why."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import pandas as pd

from infecon_core.pareto import fastest, preferred
from infecon_ui.paper import exhibits
from infecon_ui.paper.opening import RowName
from infecon_ui.text import formats
from infecon_ui.text.markdown import escaped

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
OPEN = "Open in"
AGREES, DIFFERS = ":green[✓]", ":orange[≠]"
_MOST_DECIMALS = 6  # a difference shows by then, or never


def pivot(frame: pd.DataFrame, links: Mapping[RowName, str] = MappingProxyType({})) -> pd.DataFrame:
    """One row of the paper a row, with its marker: "printed | ours" by quantity, and a link if it has one, in Markdown.

    Args:
        frame (DataFrame): As `compare.table` returns it.
        links (mapping): Where rows open, by their names.
    """
    # Rows of one number each, of whatever quantity, share a column.
    single = frame["quantity"].nunique() > 1 and bool((frame.groupby(["row", "alternative"]).size() == 1).all())
    explained = bool(frame["how"].any())
    lines = []
    for (row, alternative), numbers in frame.groupby(["row", "alternative"], sort=False):
        marker = AGREES if numbers["agrees"].all() else DIFFERS
        name = f"↳ *{escaped(str(alternative))}*" if alternative else escaped(str(row))
        line = {"": f"{marker} {name}"}
        for _, number in numbers.iterrows():
            line["Printed | ours" if single else escaped(HEADS[number["quantity"]])] = cell(number)
        if explained:
            line["How"] = escaped(numbers["how"].iloc[0])
        if links:
            link = links.get((str(row), str(alternative)))
            line[OPEN] = _opens(link) if link else "–"
        lines.append(line)
    table = pd.DataFrame(lines).fillna("")
    # Rows with other quantities added their columns after it.
    return table[[*(name for name in table if name != OPEN), *([OPEN] if OPEN in table else [])]]


def of_curves(frames: Mapping[str, pd.DataFrame], links: Mapping[str, str]) -> pd.DataFrame:
    """Fastest and preferred point of every curve, and where it opens, in Markdown."""
    rows = []
    for name, frame in frames.items():
        top, best = fastest(frame), preferred(frame)
        rows.append(
            {
                "": escaped(name),
                "Fastest, tokens/s": formats.number(top["tokens_per_s_user"]),
                "Preferred, tokens/s": formats.number(best["tokens_per_s_user"]),
                escaped("Preferred, $ per million tokens"): escaped(formats.money(best["usd_per_million_tokens"])),
                "Preferred, GPUs": formats.number(best["n_gpu"]),
                "Preferred, batch": formats.number(best["batch"]),
                OPEN: _opens(links[name]),
            }
        )
    return pd.DataFrame(rows)


def cell(number: pd.Series) -> str:
    """ "99 | 99.1", and how far off where it differs: "247 | 246.496 (−0.2%)", in Markdown."""
    ours = _ours(number)
    return f"{_printed(number)} | " + (ours if number["agrees"] else f"**{ours}** ({_off(number)})")


def reasons(frame: pd.DataFrame) -> list[str]:
    """Why numbers differ: one line for each reason, with what it explains."""
    differing = frame[~frame["agrees"]]
    lines = []
    for (row, alternative, reason), numbers in differing.groupby(["row", "alternative", "reason"], sort=False):
        where = f"{row}, {alternative}" if alternative else str(row)
        far = [
            f"{_NAMES[n['quantity']]} {_off(n)}" if n["quantity"] in _NAMES else _off(n) for _, n in numbers.iterrows()
        ]
        lines.append(f"**{escaped(where)}** ({', '.join(far)}). {escaped(str(reason))}")
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
    """How many printed values agree in all exhibits, or in those that are computed so far, and where others stand."""
    scores = {name: counts(frame) for name, frame in frames.items()}
    agreeing, total = (sum(column) for column in zip(*scores.values(), strict=True))
    others = total - agreeing
    if len(frames) < len(exhibits.EXHIBITS):
        return f"Computing: {agreeing} of {total} printed values agree so far."
    if not others:
        return f"All {total} printed values agree at the printed precision."
    where = _listed(
        f"{exhibits.label(name)} ({total - agree})" for name, (agree, total) in scores.items() if agree < total
    )
    verb = "the other one is" if others == 1 else f"the other {others} are"
    return (
        f"**{agreeing} of {total}** printed values agree at the printed precision; {verb} explained: {where}. "
        "Other ways to compute a number and comparisons with measurements stand beside them and are not counted."
    )


def _opens(link: str) -> str:
    return f"[Frontier]({link})"


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
