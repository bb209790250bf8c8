"""What the page Speculation is about, without a page."""

from infecon_core.choices.kinds import Value
from infecon_ui.speculation.question import Question, question
from tests.support.shown import chosen_with


def asked_of(model: str = "deepseek-v3", gpu: str = "b200-hgx", **values: Value) -> Question:
    """The question of a choice by the keys of its link; it must have one."""
    choice = chosen_with(model, gpu, **values)
    found = question(choice)
    assert isinstance(found, Question)
    return found
