"""The text of a `config.json` as an object, and of a model that also sees or hears the part that writes text."""

import json
import math
from typing import Any

from infecon_core.schema.words import quotable

# Released ones have 1 to 100 kB; some list every matrix that is not quantised. As much as the page takes of a file, in
# letters and in bytes.
LARGEST = 1_000_000
# Where models that see or hear keep the configuration of the part that writes text.
TEXT_PARTS = ("text_config", "llm_config", "language_config", "language_model", "thinker_config")

Fields = dict[str, Any]


def object_of(text: str) -> Fields:
    """What a `config.json` holds.

    Bare `Infinity` and `NaN`, which Python writes and strict JSON does not know, are taken: released files have them in
    places that do not matter here, and no shape can be one of them.

    Args:
        text (str): The file's text.

    Raises:
        ValueError: One sentence where it is no object in JSON, too large, too deep, or has a field twice.

    Examples:
        >>> object_of('{"time_step_limit": [0.0, Infinity]}')
        {'time_step_limit': [0.0, inf]}
    """
    if len(text) > LARGEST:
        raise ValueError(f"The text is too long: a config.json has at most {LARGEST:,} characters.")
    if not text.strip("\ufeff \t\r\n"):
        raise ValueError("The text is empty; give what stands in a model's config.json.")
    try:
        found = json.loads(text.removeprefix("\ufeff"), object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        raise ValueError(
            f"The text is not JSON: {error.msg.lower()} in line {error.lineno}, column {error.colno}."
        ) from error
    except RecursionError as error:
        raise ValueError("The text is nested too deeply for a config.json.") from error
    except ValueError as error:
        # Python bounds the digits of a whole number in a sentence of its own.
        raise (
            error if isinstance(error, _TwiceError) else ValueError("A number in the text has too many digits.")
        ) from error
    if not isinstance(found, dict):
        raise ValueError(f'The text holds {kind_of(found)}; a config.json is an object: {{"hidden_size": 4096, …}}.')
    return found


def text_part(found: Fields) -> tuple[str, Fields]:
    """The part of a configuration that writes text, with where it stands, empty for the whole."""
    for name in TEXT_PARTS:
        part = found.get(name)
        if part is None:
            continue
        if not isinstance(part, dict):
            raise ValueError(f"'{name}' is {kind_of(part)}; it is an object with the fields of the text model.")
        inner, fields = text_part(part)
        return f"{name}.{inner}" if inner else name, fields
    return "", found


def kind_of(value: object) -> str:
    """What a value of JSON is, in words."""
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, str):
        return f"the text '{quotable(value, 40)}'"
    if isinstance(value, list):
        return f"a list of {len(value):,}"
    if not isinstance(value, int | float):
        return "an object"
    if not abs(value) < 10**15:
        return "no finite number" if isinstance(value, float) and not math.isfinite(value) else "too large a number"
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"


class _TwiceError(ValueError):
    """A field that is there twice."""


def _once(pairs: list[tuple[str, Any]]) -> Fields:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _TwiceError(f"'{quotable(twice)}' is given twice; leave one of them out.")
    return found
