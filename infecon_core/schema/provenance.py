"""Where a number comes from."""

from typing import Literal

from infecon_core.schema.record import Record

Kind = Literal["datasheet", "measured", "published", "estimate", "own"]


class Provenance(Record):
    """The source of one number, or of one set of numbers read together.

    Args:
        kind (str): `datasheet` (the maker says so), `measured`, `published` (a paper, a released configuration, a price
            list), `estimate` (nobody we can cite says so, or the source is doubtful) or `own` (whoever made an entry of
            their own says so; no file of `data/` does).
        source (str): What was read.
        date (str): When it was published or read, as far as known; "undated" otherwise.
        note (str): What a reader must know before trusting the number.
    """

    kind: Kind
    source: str
    date: str
    note: str = ""
