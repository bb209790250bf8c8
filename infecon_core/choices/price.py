"""How a price and its basis follow each other, the accelerator, and what somebody gave."""

from collections.abc import Mapping
from typing import NamedTuple, cast

from infecon_core import catalog
from infecon_core.choices.kinds import Value
from infecon_core.choices.registry import BASIS, PRICE
from infecon_core.schema import BASIS_NAMES, OWN, PriceBasis


class Priced(NamedTuple):
    """What stands chosen of a price.

    Attributes:
        accelerator_id (str): Id of the catalog.
        basis (str): What the price pays for.
        by_hand (number or None): The price that was given by hand. [USD/h]
        chosen (bool): Whether the basis was chosen, and is not merely the accelerator's own.
    """

    accelerator_id: str
    basis: PriceBasis
    by_hand: Value
    chosen: bool


def follow(before: Priced, accelerator_id: str, given: Mapping[str, Value]) -> tuple[PriceBasis, Value]:
    """The basis and the price by hand after other values were given.

    A basis drops a price that was given by hand before. A price makes the basis `own`; the accelerator's own price
    given on `own` is its own basis again. Another accelerator has no price by hand; it is on the same basis where that
    was chosen, else on its own one: what an accelerator has no other price on does not outlive it. An accelerator of
    somebody's own has no price but that number.

    Args:
        before (Priced): What stood before.
        accelerator_id (str): Id of the catalog, the same as before or another.
        given (mapping): New values of choices by key; of the price, None empties it.

    Returns:
        basis (str): What the price pays for.
        by_hand (float or None): None where the price is that of the basis, or of the accelerator's own one for `own`.
            [USD/h]
    """
    entry = catalog.accelerator(accelerator_id)
    same = accelerator_id == before.accelerator_id
    wanted = cast(PriceBasis | None, given.get(BASIS) if given.get(BASIS) in BASIS_NAMES else None)
    if catalog.is_own(accelerator_id):
        wanted = OWN
    basis = wanted or before.basis
    if not wanted and not same and (basis == OWN or not before.chosen):
        basis = entry.price_basis
    price = given.get(PRICE)
    if PRICE not in given and same and wanted in (None, OWN):
        price = before.by_hand
        if price is None and wanted and before.basis in entry.prices:
            price = entry.prices[before.basis].usd_per_gpu_hour
    if price is None:
        emptied = basis == OWN and not wanted and PRICE in given
        return entry.price_basis if emptied else basis, None
    price = float(price)
    if basis in entry.prices and price == entry.prices[basis].usd_per_gpu_hour:
        return basis, None
    if price == entry.accelerator.price_usd_per_gpu_hour:
        return entry.price_basis if basis == OWN and not wanted else OWN, None
    return OWN, price
