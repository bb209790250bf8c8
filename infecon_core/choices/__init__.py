"""What a person can choose of a scenario, made from the schema: the choices, and their values as one value."""

from infecon_core.choices.comparison import Comparison, Member
from infecon_core.choices.kinds import Choice, Option, Quantity, Switch, Value
from infecon_core.choices.registry import CONSTANT_RATE, choices, layer_headings
from infecon_core.choices.values import Choices, Fault, is_ours

__all__ = [
    "CONSTANT_RATE",
    "Choice",
    "Choices",
    "Comparison",
    "Fault",
    "Member",
    "Option",
    "Quantity",
    "Switch",
    "Value",
    "choices",
    "is_ours",
    "layer_headings",
]
