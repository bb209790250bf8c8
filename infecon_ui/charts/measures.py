"""What the vertical axis of a frontier shows: four measures of one frontier."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Measure(NamedTuple):
    """One measure of the points of a frontier.

    Attributes:
        label (str): On a control.
        title (str): Over an axis and in a table.
        column (str): Its column of a frontier.
        money (bool): In dollars; otherwise in tokens/s.
        phrase (str): After a number in a sentence: "$5.8 per million output tokens".
    """

    label: str
    title: str
    column: str
    money: bool
    phrase: str


OUTPUT = "output"
MEASURES: Mapping[str, Measure] = MappingProxyType(
    {
        OUTPUT: Measure(
            "$ per M output", "$ per million output tokens", "usd_per_million_tokens", True, "per million output tokens"
        ),
        "total": Measure(
            "$ per M input + output",
            "$ per million tokens, input and output together",
            "usd_per_million_tokens_blended",
            True,
            "per million tokens, input and output together",
        ),
        "gpu": Measure(
            "tokens/s per GPU",
            "Output tokens per second and GPU",
            "tokens_per_s_per_gpu",
            False,
            "output tokens per second and GPU",
        ),
        "mw": Measure(
            "tokens/s per MW",
            "Output tokens per second and megawatt of boards at full power",
            "tokens_per_s_per_mw",
            False,
            "output tokens per second per MW of boards at full power",
        ),
    }
)
