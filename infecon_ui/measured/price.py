"""What an error in time is for a reader of a frontier: an error in the price of a fixed speed."""

from functools import lru_cache

import pandas as pd
import streamlit as st

from infecon_core.validation.price_error import SLOWER, price_errors
from infecon_ui.text import formats
from infecon_ui.text.markdown import escaped


@lru_cache(maxsize=1)
def errors_in_price() -> pd.DataFrame:
    """As `price_errors` returns it for the shipped points; computes some forty frontiers the first time."""
    return price_errors()


def show_price() -> None:
    """The sentence, the numbers by speed, and how they come about."""
    found = errors_in_price()
    with st.container(gap="small"):
        st.subheader("What an error in time is in price", anchor=False)
        st.markdown(escaped(statement(found)))
        st.table(table(found), hide_index=True, border="horizontal")
        st.caption(
            escaped(
                "A frontier is read at a fixed speed. Where steps take longer, that speed needs a faster and dearer "
                f"setup, for longer: with r = {1 + SLOWER:g} and P the price on the frontier, the speed v costs "
                "r · P(r · v) instead of P(v). Steeper curves make more of an error. Over every model on every "
                "accelerator that it was measured on, 1,000 tokens in and out."
            )
        )
        st.caption("The same on the command line: `python -m infecon_core calibrate`")


def statement(found: pd.DataFrame) -> str:
    """How much dearer a fixed speed is where steps take longer than predicted, from the slowest speed to the fastest.

    Args:
        found (DataFrame): As `price_errors` returns it.
    """
    first, last = found.iloc[0], found.iloc[-1]
    return (
        f"A step that takes {SLOWER:.0%} longer than predicted makes {_speed(first)} per user "
        f"{formats.percent(first['middle'])} dearer in the middle case, and {_speed(last)} "
        f"{formats.percent(last['middle'])}."
    )


def table(found: pd.DataFrame) -> pd.DataFrame:
    """The numbers by speed, in words."""
    return pd.DataFrame(
        {
            "Speed per user": [_speed(row) for _, row in found.iterrows()],
            "Dearer by": [formats.percent(value) for value in found["middle"]],
            "80% of pairs": [
                f"{formats.percent(row['low'])} to {formats.percent(row['high'])}" for _, row in found.iterrows()
            ],
            "Pairs": [f"{n}" for n in found["n"]],
        }
    )


def _speed(row: pd.Series) -> str:
    return f"{formats.number(row['tokens_per_s_user'])} tokens/s"
