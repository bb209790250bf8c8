"""What the command line prints, and what every refusal of it looks like."""

import pytest

from infecon_core.cli import main


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What a command prints that succeeds without a word on stderr."""
    status = main(arguments)
    captured = capsys.readouterr()
    assert (status, captured.err) == (0, "")
    return captured.out


def assert_one_sentence(status: int, out: str, err: str, expected: str) -> None:
    """One short line on stderr that says what is expected, nothing on stdout, status 2."""
    assert status == 2
    assert out == ""
    assert err.endswith("\n")
    assert err.count("\n") == 1
    assert expected in err
    assert len(err) < 400
    assert not any(word in err for word in ("Traceback", "validation error", "pydantic"))
