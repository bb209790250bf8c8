"""Counts in words, for sentences about what somebody gave."""


def quotable(text: object, longest: int = 60) -> str:
    """What somebody wrote, as it may stand in a sentence: short, and in one line.

    Args:
        text (object): Whatever was given.
        longest (int): Letters at most. [1]

    Examples:
        >>> quotable("a\\nb"), quotable("x" * 100, 8)
        ('a\\\\nb', 'xxxxx...')
    """
    given = str(text)
    plain = given if given.isprintable() else repr(given)[1:-1]
    return plain if len(plain) <= longest else plain[: longest - 3] + "..."


def counted(count: float, one: str, several: str = "") -> str:
    """A count with its word, which stands alone for one thing.

    Args:
        count (float): How many. [1]
        one, several (str): The word for one, and for other counts; with an "s" where empty.

    Examples:
        >>> counted(1, "GPU"), counted(1200, "GPU"), counted(2.5, "copy", "copies")
        ('1 GPU', '1,200 GPUs', '2.5 copies')
    """
    return f"{count:,.10g} {one if count == 1 else several or one + 's'}"
