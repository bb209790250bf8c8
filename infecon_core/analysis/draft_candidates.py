"""Who could draft for a model: its own layers, a head trained for it, and smaller models with the same tokens."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from infecon_core import catalog
from infecon_core.analysis.speculation import own_layers
from infecon_core.catalog.drafts import own_draft
from infecon_core.catalog.models import CatalogModel
from infecon_core.choices.registry import CONSTANT_RATE
from infecon_core.scenario import Scenario
from infecon_core.schema import Architecture, DraftModel, SelfDraft
from infecon_core.schema.field import facts_of

# A draft of more than a tenth of the model's weights costs about what it saves.
LARGEST_DRAFT = 0.1
# Candidates are shown up to a fourth, so that one sees where it stops to pay; more rows than these nobody compares.
LARGEST_CANDIDATE, MOST_MODELS = 0.25, 5

Who = Literal["chosen", "own", "head", "model"]


class Candidate(NamedTuple):
    """One who could draft.

    Attributes:
        name (str): Who: "Llama 3.2 1B", "1 layer of its own".
        who (str): Chosen in the scenario already; layers that the model was released with; a head trained for it
            (EAGLE); a smaller model.
        scenario (Scenario): The scenario with this draft.
        changes (mapping): What turns it on, as `Choices.apply` takes it; empty where it is on.
    """

    name: str
    who: Who
    scenario: Scenario
    changes: Mapping[str, Any]


def small_relatives(architecture: Architecture, largest: float = LARGEST_DRAFT) -> tuple[CatalogModel, ...]:
    """Models of the catalog that could draft for a model: of its family, with its vocabulary, and much smaller.

    The same family and the same number of tokens stand for the same tokeniser, which a draft must share.

    Args:
        architecture (Architecture): The model that checks; its name says which family.
        largest (float): The most weights of a draft, as a part of the model's. [1]

    Returns:
        tuple of CatalogModel: Smallest first; of several of one shape the first of the catalog.
    """
    models = catalog.models().values()
    families = {entry.family for entry in models if entry.architecture.name == architecture.name}
    fitting: dict[float, CatalogModel] = {}
    for entry in models:
        params = entry.architecture.total_params
        same = entry.family in families and entry.architecture.vocab_size == architecture.vocab_size
        if same and params <= largest * architecture.total_params:
            fitting.setdefault(params, entry)
    return tuple(sorted(fitting.values(), key=lambda entry: entry.architecture.total_params))


def assumed(scenario: Scenario) -> Candidate | None:
    """Who drafts: as the scenario says; else the model's own layers, its smallest relative, or a head trained for it.

    Acceptances are those measured on the model where there are any, else the defaults of the schema. None where the
    engine takes draft models alone and the catalog has none for this model.
    """
    draft = scenario.speculation
    if draft is not None:
        return Candidate(_name(scenario), "chosen", scenario, {})
    found = own_layers(scenario)
    if found is not None:
        drafted = scenario.changed(speculation=found[0])
        return Candidate(_name(drafted), "own", drafted, found[1])
    relatives = small_relatives(scenario.architecture)
    if relatives:
        return _model(scenario, relatives[0], {})
    return _own(scenario, {}) if _drafts_itself(scenario) else None


def candidates(
    scenario: Scenario, *, model_acceptance: float, own_acceptance: float, longest: int
) -> tuple[Candidate, ...]:
    """Who could draft for a model, each at a stated acceptance.

    Args:
        scenario (Scenario): With a draft or without. What it drafts with stands first, at its own acceptance; where it
            has none, what was measured with its own layers.
        model_acceptance, own_acceptance (float): Acceptance of smaller models, and of layers of the model's own. [1]
        longest (int): The longest draft of all of them. [tokens]

    Returns:
        tuple of Candidate: The chosen one, layers of its own or a head, and up to five models, smallest first.
    """
    first = assumed(scenario)
    found = [first] if first is not None and (first.who == "chosen" or _measured(first)) else []
    if _drafts_itself(scenario):
        found.append(_own(scenario, {"acceptance": own_acceptance, "max_draft_tokens": longest}))
    stated = {"acceptance": model_acceptance, "max_draft_tokens": longest}
    relatives = small_relatives(scenario.architecture, LARGEST_CANDIDATE)
    found += [_model(scenario, entry, stated) for entry in relatives[:MOST_MODELS]]
    return tuple(found)


def with_draft(scenario: Scenario, **fields: Any) -> Scenario:
    """A scenario with some fields of its draft changed.

    Raises:
        ValueError: For a scenario without a draft, or a draft that cannot be.
    """
    draft = scenario.speculation
    if draft is None:
        raise ValueError("There is no draft to be changed; choose one.")
    return scenario.changed(speculation={**dict(draft), **fields})


def at_acceptance(scenario: Scenario, acceptance: float) -> Scenario:
    """A scenario whose draft has one acceptance for every drafted token, whatever was measured. [1]"""
    return with_draft(scenario, acceptance=acceptance, accepted_lengths=(), measured_on="")


def _drafts_itself(scenario: Scenario) -> bool:
    """Whether the engine knows drafts by layers of the model's own size, and the model has room for them."""
    return facts_of(SelfDraft)["kind"].only in ("", scenario.engine)


def _own(scenario: Scenario, stated: Mapping[str, Any]) -> Candidate:
    """Layers that the model was released with, or a head of the usual size where it has none."""
    own = own_layers(scenario)
    layers = own[0].layers if own is not None else min(SelfDraft().layers, scenario.architecture.num_hidden_layers)
    draft = SelfDraft(layers=layers, **stated)
    drafted = scenario.changed(speculation=draft)
    changes = {
        **{"speculation": draft.kind.split("_")[0], "accepted_lengths": CONSTANT_RATE},
        **{"layers": draft.layers, "acceptance": draft.acceptance, "max_draft_tokens": draft.max_draft_tokens},
    }
    who: Who = "head" if own is None else "own"
    return Candidate(_name(drafted), who, drafted, changes)


def _model(scenario: Scenario, entry: CatalogModel, stated: Mapping[str, Any]) -> Candidate:
    draft = DraftModel(architecture=entry.architecture, precision=entry.precision, **stated)
    changes = {"draft": entry.id, "accepted_lengths": CONSTANT_RATE, **stated}
    drafted = scenario.changed(speculation=draft)
    return Candidate(_name(drafted), "model", drafted, changes)


def _measured(candidate: Candidate) -> bool:
    draft = candidate.scenario.speculation
    return draft is not None and bool(draft.accepted_lengths)


def _name(scenario: Scenario) -> str:
    """Who drafts in a scenario with a draft."""
    draft = scenario.speculation
    if isinstance(draft, DraftModel):
        return draft.architecture.name
    layers = draft.layers if draft is not None else 0.0
    count = f"{layers:g} {'layer' if layers == 1 else 'layers'}"
    has_own = own_draft(scenario.architecture) is not None
    return f"{count} of its own (MTP)" if has_own else f"a trained head of {count} (EAGLE)"
