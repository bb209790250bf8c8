"""Values of choices inside of sentences, after what has them: "with FP4 weights", "without speculative decoding"."""

from infecon_core.choices import Choice, Option, Switch, Value
from infecon_core.choices.comparison import ENGINE
from infecon_core.choices.registry import ACCELERATOR, MODEL, NO_DRAFT, SPECULATION
from infecon_ui.text import formats

# Choices of whole things, whose names stand alone.
WHOLE = (MODEL, ACCELERATOR, ENGINE)
_DRAFTS = {NO_DRAFT: "without speculative decoding", "self": "with self-drafting", "draft": "with a draft model"}
_FORMATS = {"w": "weights", "kv": "KV cache", "act": "activations"}
_LENGTHS = {"prompt": "prompts", "output": "outputs"}


def after(choice: Choice, value: Value) -> str:
    """A value after what has it.

    Args:
        choice (Choice): What is chosen; none of whole things.
        value (str, float, bool or None): One of its values.
    """
    label = _lower(choice.facts.label)
    if isinstance(choice, Option):
        return _after_option(choice, str(value), label)
    if isinstance(choice, Switch) or value is None:
        return f"{'with' if value else 'without'} {label}"
    if choice.key in _LENGTHS:
        return f"with {_LENGTHS[choice.key]} of {value:,} tokens"
    if choice.key == "max":
        return f"on at most {formats.gpus(float(value))}"
    return f"with {label} {value:,.6g}"


def _after_option(choice: Option, value: str, label: str) -> str:
    name = choice.options[value]
    if choice.key == SPECULATION and value in _DRAFTS:
        return _DRAFTS[value]
    if choice.key == "basis":
        return _lower(name) if name.lower().startswith("on ") else f"at {_lower(name)}"
    return f"with {name} {_FORMATS[choice.key]}" if choice.key in _FORMATS else f"with {label} {name}"


def _lower(text: str) -> str:
    """A label inside of a sentence: "Prompts on GPUs" becomes "prompts on GPUs", "KV cache" stays."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
