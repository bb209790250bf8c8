"""Numbers of a data file, each with its unit, its kind and the source that it names."""

from collections.abc import Mapping

from infecon_core.schema import Kind, Provenance, Record


class Source(Record):
    """One source of a file, by the key that its numbers name."""

    source: str
    date: str
    note: str = ""


class Number(Record):
    """One number as a data file writes it.

    Args:
        value (int or float): The number.
        unit, kind, note (str): Its unit; datasheet, measured, published or estimate; what a reader must know.
        source (str): Key of one of the file's sources.
    """

    value: int | float
    unit: str
    kind: Kind
    source: str
    note: str = ""

    def provenance(self, name: str, unit: str, sources: Mapping[str, Source]) -> Provenance:
        """Where the number comes from.

        Args:
            name, unit (str): What the number is called, for the error, and the unit that it must have.
            sources (mapping): Sources of the file.

        Raises:
            ValueError: Where the unit is another, or the file has no such source.
        """
        if self.unit != unit:
            raise ValueError(f"{name} is in '{self.unit}'; give it in '{unit}'")
        if self.source not in sources:
            raise ValueError(f"{name} names the source '{self.source}', which is not among [sources]")
        source = sources[self.source]
        note = " ".join(part for part in (source.note, self.note) if part)
        return Provenance(kind=self.kind, source=source.source, date=source.date, note=note)
