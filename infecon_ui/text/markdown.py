"""Text inside Markdown."""

import re
from collections.abc import Iterable


def escaped(text: str) -> str:
    """Text that Markdown shows as it is: a price is no formula, a name no heading.

    >>> escaped("$1 to $2 for Llama_3")
    '\\\\$1 to \\\\$2 for Llama\\\\_3'
    """
    return re.sub(r"([\\`*_\[\]$~<>:#|])", r"\\\1", text)


def bullets(lines: Iterable[str]) -> str:
    """Lines of Markdown as a list."""
    return "\n".join(f"- {line}" for line in lines)
