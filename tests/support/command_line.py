"""What every refusal of the command line looks like."""


def assert_one_sentence(status: int, out: str, err: str, expected: str) -> None:
    """One short line on stderr that says what is expected, nothing on stdout, status 2."""
    assert status == 2
    assert out == ""
    assert err.endswith("\n")
    assert err.count("\n") == 1
    assert expected in err
    assert len(err) < 400
    assert not any(word in err for word in ("Traceback", "validation error", "pydantic"))
