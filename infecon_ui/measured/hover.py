"""What a point of the scatter says under the mouse: model, setup, lengths, and whose measurement it is."""

import html

import pandas as pd

from infecon_core.catalog.measurements import sources
from infecon_ui.text import formats

_LAYOUT = (("TP", "tp"), ("PP", "pp"), ("EP", "ep_in_instance"), ("DP", "attention_dp"))
_COLUMNS = (
    *("model", "accelerator", "weights", "kind", "gpus_per_instance", "batch_per_instance"),
    *("isl", "osl", "context_len", "serving_software", "date", "source_id"),
    *(column for _, column in _LAYOUT),
)
_LONGEST_WORD = 80  # what somebody wrote into a cell may be a novel


def hover_texts(frame: pd.DataFrame) -> list[str]:
    """One text a point, in the HTML that charts show; what people wrote stands in it as text."""
    columns = {name: cells(frame, name) for name in _COLUMNS}
    return [_text({name: column[i] for name, column in columns.items()}) for i in range(len(frame))]


def cells(frame: pd.DataFrame, name: str) -> list[object]:
    """The cells of a column, empty where there is nothing or no such column."""
    if name not in frame.columns:
        return [""] * len(frame)
    return list(frame[name].astype(object).where(frame[name].notna(), ""))


def _text(at: dict[str, object]) -> str:
    layout = " · ".join(f"{name} {_count(at[column])}" for name, column in _LAYOUT if at[column] != "")
    lengths = (
        f"prompt {_count(at['isl'])}, output {_count(at['osl'])}"
        if at["isl"] != "" and at["osl"] != ""
        else f"context {_count(at['context_len'])}"
    )
    origin = [
        _escaped(word) for word in (at["serving_software"], at["date"], _source(str(at["source_id"]))) if word != ""
    ]
    lines = [
        f"<b>{_escaped(at['model'])} in {_escaped(at['weights'])}</b>",
        f"{_count(at['gpus_per_instance'])} × {_escaped(at['accelerator'])}" + (f", {layout}" if layout else ""),
        f"batch {_count(at['batch_per_instance'])}, {lengths}",
        str(at["kind"]),
        *([" · ".join(origin)] if origin else []),
    ]
    return "<br>".join(lines)


def _escaped(value: object) -> str:
    return html.escape(str(value)[:_LONGEST_WORD])


def _source(source_id: str) -> str:
    """Who published a measurement, without where in what they published; a reader's own source as it stands."""
    known = sources().get(source_id)
    return known.origin.partition(",")[0] if known else source_id


def _count(value: object) -> str:
    try:
        return formats.number(float(str(value)))
    except ValueError:
        return _escaped(value)
