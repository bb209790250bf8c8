"""What the price of a GPU-hour pays for."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

PriceBasis = Literal["on_demand", "rent_3y", "owner_hyperscaler", "owner_neocloud", "own"]
# The basis of a number given by hand; no catalog holds it.
OWN: Final = "own"

BASIS_NAMES: Mapping[PriceBasis, str] = MappingProxyType(
    {
        "on_demand": "On demand",
        "rent_3y": "Three-year rent",
        "owner_hyperscaler": "Owner's cost (hyperscaler)",
        "owner_neocloud": "Owner's cost (neocloud)",
        OWN: "Own number",
    }
)
