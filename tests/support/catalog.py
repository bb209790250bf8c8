"""The catalog's entries, those of the paper apart, and what every source must say."""

import re

from infecon_core import catalog
from infecon_core.schema import Provenance

MODELS = catalog.models()
ACCELERATORS = catalog.accelerators()
OWN_MODELS = {key: entry for key, entry in MODELS.items() if key.startswith("erdil-")}
OWN_ACCELERATORS = {key: entry for key, entry in ACCELERATORS.items() if key.startswith("erdil-")}
REAL_MODELS = {key: entry for key, entry in MODELS.items() if key not in OWN_MODELS}
REAL_ACCELERATORS = {key: entry for key, entry in ACCELERATORS.items() if key not in OWN_ACCELERATORS}


def check_provenance(provenance: Provenance) -> None:
    assert provenance.source.strip()
    assert re.search(r"\b20\d\d\b|undated", provenance.date)
