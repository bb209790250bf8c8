"""What the terms mean."""

from collections.abc import Mapping
from types import MappingProxyType

from infecon_core.scenario import Scenario
from infecon_core.schema.field import walk
from infecon_core.schema.frontier import FRONTIER_COLUMNS

# What the field says and a reader from outside of it may not know.
FIELD_TERMS: Mapping[str, str] = MappingProxyType(
    {
        "all-reduce": "Every GPU of a group gets the sum of what all of them have; tensor parallelism needs two a "
        "layer.",
        "all-to-all": "Every GPU of a group sends another part to each of the others, as tokens go to their experts.",
        "all-gather": "Every GPU of a group gets what each of the others has: the second half of an all-reduce.",
        "arithmetic intensity": "FLOP for each byte that is read. Below that of the chip, reading sets the pace.",
        "continuous batching": "A sequence that is finished makes room at once for the next one, whatever the others "
        "do.",
        "decoding": "Making the answer, one token of every sequence in a step.",
        "prefill": "Working through the prompt, all its tokens together: limited by arithmetic, where decoding is "
        "by memory.",
        "disaggregated serving": "Prompts on GPUs of their own, which hand the KV cache on to those that decode.",
        "dispatch and combine": "The two exchanges around a layer of experts: tokens go to the GPUs that hold theirs, "
        "and back.",
        "grouped-query attention (GQA)": "Several query heads share one head of keys and values, which makes the cache "
        "smaller.",
        "latent attention (MLA)": "Keys and values are kept as one compressed vector a token, as in DeepSeek's models.",
        "sliding window": "A layer that sees only the last so many tokens, so that its cache stops growing.",
        "mixture of experts (MoE)": "Feed-forward layers of many experts, of which each token passes a few.",
        "multi-token prediction (MTP)": "Layers of a model's own that guess the tokens after the next one, which it "
        "then checks.",
        "EAGLE": "A small head trained to draft for one model.",
        "NCCL": "NVIDIA's library of collectives; LL is its protocol for small messages.",
        "roofline": "The longer of reading and computing bounds a kernel: bytes over bandwidth, FLOP over the "
        "arithmetic peak.",
        "SLO": "What a service promises, such as a first token within a second for 95% of requests.",
    }
)
# The schema says what a scenario's fields and a frontier's columns mean; here stand the other terms.
TERMS: Mapping[str, str] = MappingProxyType(
    {
        **{place.facts.label: place.facts.help for place in walk(Scenario)},
        **FIELD_TERMS,
        **{column.label: column.meaning for column in FRONTIER_COLUMNS},
        "frontier": "For every speed, the cheapest way to serve it. Nothing lies below and to the right of it.",
        "fastest": "The highest speed that any layout reaches, whatever it costs.",
        "preferred": "The point with the most speed³ per dollar: beyond it, more speed gets expensive quickly; "
        "before it, less speed saves little.",
        "cheapest": "The lowest price that any layout reaches, however slow.",
        "spread": "Where this curve would lie if servers were as much faster or slower than predicted as the middle "
        "80% of comparable measurements are: every point gets slower and dearer, or faster and cheaper. The whiskers "
        "read the target's price and speed off the moved curves. The constants were fitted with these measurements.",
        "neighbours": "The same with one number of its setup changed, whatever the largest instance allows.",
        "sensitivity": "What each part of the hardware, made 10% better, gives this setup; and the best price at no "
        "less than this speed if all setups are searched again. The price of a GPU-hour stays as it is.",
    }
)


def glossary(*terms: str) -> str:
    """What some terms mean, as Markdown paragraphs."""
    return "\n\n".join(f"**{term[:1].upper()}{term[1:]}.** {TERMS[term]}" for term in terms)


def entries(words: str = "") -> list[tuple[str, str]]:
    """Terms with their meanings in the order of the alphabet, those in which all words occur.

    Args:
        words (str): What is looked for, in any case; empty for all.
    """
    wanted = words.casefold().split()
    kept = [
        (term, meaning) for term, meaning in TERMS.items() if all(w in f"{term} {meaning}".casefold() for w in wanted)
    ]
    # Whoever looks for a term finds it before those that only mention it.
    return sorted(kept, key=lambda entry: (not all(w in entry[0].casefold() for w in wanted), entry[0].casefold()))
