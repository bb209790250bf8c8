"""Text inside Markdown."""

import re
from collections.abc import Iterable


def escaped(text: str) -> str:
    r"""Text that Markdown shows as it is, in one paragraph: a price is no formula, a name no heading and no list.

    >>> escaped("$1 to $2 for Llama_3")
    '\\$1 to \\$2 for Llama\\_3'
    >>> escaped("- a\n\n1. b")
    '\\- a 1. b'
    """
    line = re.sub(r"\s*[\r\n\v\f\x85\u2028\u2029]\s*", " ", text)
    marked = re.sub(r"([\\`*_\[\]$~<>:#|])", r"\\\1", line)
    # At its beginning alone these make a list or a heading.
    return re.sub(r"^(\s*)(?:(\d+)([.)])(?=\s|$)|([-+=])(?=[-+=\s]|$))", r"\1\2\\\3\4", marked)


def foreign(text: str) -> str:
    """The same for a text in which stands what somebody wrote: an address in it becomes no link.

    >>> foreign("See www.a.b") == escaped("See www\u2060.a.b")
    True
    """
    unlinked = re.sub(r"(?i)(https?|www)(?=[:.])", "\\1\u2060", text)
    return escaped(unlinked.replace("@", "@\u2060"))


def bullets(lines: Iterable[str]) -> str:
    """Lines of Markdown as a list."""
    return "\n".join(f"- {line}" for line in lines)
