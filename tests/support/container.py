"""What the Dockerfile says."""

import shlex
from pathlib import Path


def instructions(root: Path) -> list[list[str]]:
    """The Dockerfile's last stage, words apart."""
    text = (root / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [shlex.split(line, comments=True) for line in text.splitlines() if line and not line.startswith("#")]
    last = max(i for i, words in enumerate(lines) if words and words[0] == "FROM")
    return [words for words in lines[last:] if words]


def command(root: Path, name: str) -> list[str]:
    """The words of CMD, or of the command of HEALTHCHECK."""
    words = next(words for words in instructions(root) if words[0] == name)
    return [word.strip("[],") for word in words[words.index("CMD") + 1 :]]
