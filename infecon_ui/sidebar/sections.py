"""The sections of the sidebar: what each draws besides the controls that its choices give by themselves."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

import streamlit as st

from infecon_core import catalog
from infecon_core.catalog.drafts import elsewhere, origin
from infecon_core.choices import Choice, Choices, Option
from infecon_core.choices.registry import BASIS, PRICE, SPECULATION, draft_kinds
from infecon_core.engines import ENGINES
from infecon_core.schema import BASIS_NAMES, OWN, SelfDraft
from infecon_core.schema.field import facts_of
from infecon_ui.sidebar import chips
from infecon_ui.sidebar.widgets import Controls
from infecon_ui.state import session
from infecon_ui.text.markdown import escaped

# Where a number comes from always has the same colour.
BADGES: Mapping[str, str] = MappingProxyType(
    {"datasheet": "blue", "measured": "green", "published": "blue", "estimate": "orange", "own": "violet"}
)
MOST_GPUS = "max"


def workload(controls: Controls) -> None:
    """Which model is served, and the lengths of a request."""
    model, *_ = controls.of("model")
    lengths = controls.of("context")
    controls.heading("Workload", [model, *lengths])
    controls.pairs([model])
    controls.pairs(lengths, sliders=True)
    chips.lengths(controls)


def target(controls: Controls) -> None:
    """What every user shall get."""
    wanted = controls.of("target")
    controls.heading("Target", wanted)
    controls.pairs(wanted, widths=(2, 3))


def accelerator(controls: Controls) -> None:
    """Which accelerator, at which price, and how many at most."""
    chip, *numbers = controls.of("accelerator")
    price = next(choice for choice in numbers if choice.key == PRICE)
    basis = next(choice for choice in numbers if choice.key == BASIS)
    most = next(choice for choice in controls.of("search") if choice.key == MOST_GPUS)
    controls.heading("Accelerator", [chip, price, basis, most])
    controls.pairs([chip])
    chips.bases(controls)
    controls.pairs([price, most], widths=(4, 5), sliders=True)
    _price_origin(controls.choices)


def precision(controls: Controls) -> None:
    """The formats: two in a row."""
    formats = controls.of("precision")
    controls.heading("Precision", formats)
    controls.pairs(formats)


def speculation(controls: Controls) -> None:
    """Off, a draft model or a self-draft, with the acceptance and the longest draft."""
    choices = controls.of("speculation")
    controls.heading("Speculative decoding", choices[:1])
    for choice in choices:
        if isinstance(choice, Option) and choice.key == SPECULATION:
            known = choice.known_to(controls.choices.engine)
            controls.segments(choice, {name: choice.options[name] for name in known})
        # A measured curve takes the place of the rate.
        elif choice.key != "acceptance" or controls.choices.curve is None:
            controls.with_sweep(choice)
    for text in _drafts(controls.choices):
        st.caption(escaped(text))


def more(controls: Controls) -> None:
    """What mostly stays as it is, each part folded: a shape, a datasheet, the search, the engine and its constants."""
    _, *shape = controls.of("model")
    _, *datasheet = controls.of("accelerator")
    search = [choice for choice in controls.of("search") if choice.key != MOST_GPUS]
    engine, *constants = controls.of("engine", "advanced", "constants")
    with st.container(key=controls.prefix + "more", gap=None):
        _folded(controls, "Customise the model", "open_model", shape)
        _folded(
            controls,
            "Customise the accelerator",
            "open_accelerator",
            [number for number in datasheet if number.key not in (PRICE, BASIS)],
        )
        _folded(controls, "Search options", "open_search", search)
        _folded(controls, "Engine and constants", "open_advanced", constants, engine=engine)


def reset(controls: Controls) -> None:
    """Back to all defaults, with the count of what differs from them."""
    changed = controls.choices.changed()
    # What hidden controls hold has no part in what is shown, but goes too.
    count = sum(map(controls.choices.enters, changed))
    st.button(
        f"Reset · {count} changed" if count else "Reset",
        key=controls.prefix + "reset",
        on_click=session.reset,
        args=(controls.prefix,),
        icon=":material/restart_alt:",
        type="tertiary",
        disabled=not (changed or session.refused(controls.prefix)),
    )


def _folded(controls: Controls, label: str, key: str, choices: list[Choice], engine: Choice | None = None) -> None:
    """A part that builds nothing while it is folded: its numbers are in the session, not in its controls."""
    key, every = controls.prefix + key, [*choices, *([engine] if engine else [])]
    count = controls.changed(every)
    # The label is a part of what Streamlit knows a box by: without this another count would fold it.
    st.session_state[key] = bool(st.session_state.get(key))
    box = st.expander(f"{label} · {count} changed" if count else label, key=key, on_change="rerun", type="compact")
    if box.open:
        with box:
            if isinstance(engine, Option):
                text = "\n\n".join(f"**{one.label}.** {one.help}" for one in ENGINES.values())
                controls.segments(engine, {name: one.label for name, one in ENGINES.items()}, text)
            controls.draw(choices)


def _drafts(choices: Choices) -> Iterator[str]:
    """Whose layers draft, and whose acceptance it is where that is another's."""
    word = str(choices.value(SPECULATION))
    kinds = draft_kinds(choices.all[SPECULATION].facts)
    if word not in kinds:
        return
    kind = str(facts_of(kinds[word])["kind"].default)
    architecture = catalog.model(choices.model_id).architecture
    if kind == facts_of(SelfDraft)["kind"].default:
        yield origin(architecture)
    if choices.curve is not None and (other := elsewhere(choices.curve, architecture, kind)):
        yield f"Measured {other}; others accept more or fewer."


def _price_origin(choices: Choices) -> None:
    """Where the price comes from, with its date."""
    entry = catalog.accelerator(choices.accelerator_id)
    known = entry.prices.get(choices.basis)
    if known is not None:
        origin = known.provenance
        note = f"\n\n{escaped(origin.note)}" if origin.note else ""
        st.caption(f":{BADGES[origin.kind]}-badge[{origin.kind}] {origin.date}", help=escaped(origin.source) + note)
    elif choices.basis == OWN:
        own = f"{BASIS_NAMES[entry.price_basis]} ${entry.prices[entry.price_basis].usd_per_gpu_hour:,.2f}."
        st.caption(f"Set here. {escaped(own)}")
    else:
        st.caption("No price is known on this basis.")
