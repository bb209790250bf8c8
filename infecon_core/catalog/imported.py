"""A model that was read from a `config.json` as an entry of the catalog."""

import re

from infecon_core.catalog.models import CatalogModel, OwnDraft, StatedParams
from infecon_core.huggingface import ImportedModel
from infecon_core.schema import Provenance
from infecon_core.schema.words import quotable

_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}")


def model_of(found: ImportedModel, entry_id: str = "", source: str = "config.json") -> CatalogModel:
    """The entry of a model that was imported.

    Args:
        found (ImportedModel): What the file says.
        entry_id (str): Its id; from its name where empty.
        source (str): What was read.

    Returns:
        CatalogModel: The entry; what was assumed is its note.

    Raises:
        ValueError: One sentence where no file can have such an id.
    """
    name = found.architecture.name
    named = entry_id or re.sub(r"[^a-z0-9._]+", "-", name.lower()).strip("-._")[:80] or "model"
    if not _ID.fullmatch(named):
        raise ValueError(
            f"'{quotable(named)}' is no id: give small letters, digits, '.', '_' and '-', at most 80, a letter or a "
            "digit first."
        )
    told = Provenance(kind="published", source=source, date="undated")
    nobody = Provenance(kind="estimate", source="no stated count was read", date="undated")
    return CatalogModel(
        id=named,
        family=found.model_type or name,
        architecture=found.architecture,
        precision=found.precision,
        provenance=told,
        stated=StatedParams(provenance=nobody),
        note=" ".join(found.assumed),
        mtp=OwnDraft(layers=found.mtp_layers, **dict(told)) if found.mtp_layers else None,
    )
