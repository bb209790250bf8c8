"""Counts in words, for sentences about what somebody gave."""


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
