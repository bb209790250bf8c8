"""Fields of a configuration by what they mean: under any of their names, checked, and told where they are assumed."""

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from infecon_core.huggingface.reading import Fields, kind_of
from infecon_core.schema import (
    Architecture,
    DenseFeedForward,
    GroupedQueryAttention,
    LatentAttention,
    LayerGroup,
    MixtureOfExperts,
)
from infecon_core.schema.field import facts_of
from infecon_core.schema.words import quotable

# What the fields mean: all names under which released files have them, the first as most do. What stands there is
# bounded as the schema bounds it.
NAMES: Mapping[str, tuple[str, ...]] = {
    "hidden_size": ("hidden_size", "n_embd", "n_embed", "d_model"),
    "vocab_size": ("vocab_size", "padded_vocab_size"),
    "num_hidden_layers": ("num_hidden_layers", "n_layer", "n_layers", "num_layers"),
    "num_attention_heads": ("num_attention_heads", "n_head", "n_heads", "num_heads", "attention_heads"),
    "num_key_value_heads": (
        "num_key_value_heads", "n_head_kv", "num_kv_heads", "kv_n_heads", "num_query_groups", "multi_query_group_num",
    ),
    "head_dim": ("head_dim", "attention_head_dim", "kv_channels"),
    "intermediate_size": ("intermediate_size", "n_inner", "ffn_dim", "ffn_hidden_size"),
    "num_experts": ("n_routed_experts", "num_experts", "num_local_experts", "moe_num_experts"),
    "num_experts_per_tok": (
        "num_experts_per_tok", "num_experts_per_token", "experts_per_token", "top_k_experts", "moe_topk", "moe_top_k",
        "moe_k", "num_selected_experts",
    ),
    "moe_intermediate_size": ("moe_intermediate_size", "expert_ffn_hidden_size"),
    "n_shared_experts": ("n_shared_experts", "num_shared_experts", "moe_num_shared_experts", "num_shared_expert"),
    "shared_expert_intermediate_size": (
        "shared_expert_intermediate_size", "moe_shared_expert_intermediate_size", "shared_intermediate_size",
    ),
    "dense_intermediate_size": ("dense_intermediate_size", "intermediate_size_mlp", "prefix_dense_intermediate_size"),
    "dense_layers": ("first_k_dense_replace", "num_dense_layers", "moe_layer_start_index"),
    "sliding_window": ("sliding_window", "attention_chunk_size", "attention_window_size", "sliding_window_size"),
}  # fmt: skip
_FACTS: Mapping[str, Any] = {
    **facts_of(Architecture),
    **facts_of(GroupedQueryAttention),
    **facts_of(LatentAttention),
    **facts_of(DenseFeedForward),
    **facts_of(MixtureOfExperts),
    "num_hidden_layers": facts_of(LayerGroup)["num_layers"],
}
_UNBOUNDED = (1, 10**6)
# What a model has once, and no layer has.
_OF_THE_WHOLE = ("hidden_size", "vocab_size", "num_hidden_layers")


class Config:
    """The fields of the text model of one configuration.

    Args:
        fields (mapping): Its fields.
        around (mapping): Those of the whole file, for what stands only there.
        where (str): Name of the part in the file; empty for the whole.
        defaults (mapping): What its class in `transformers` has for fields that the file leaves out.

    Attributes:
        assumed (list of str): Sentences on what the file does not say.
    """

    def __init__(self, fields: Fields, around: Fields, where: str = "", defaults: Mapping[str, Any] | None = None):
        self.fields = fields
        self.around = around
        self.where = where
        self.defaults = defaults or {}
        self.assumed: list[str] = []

    def raw(self, name: str) -> Any:
        """What stands in a field, None where nothing does."""
        return self.fields.get(name)

    def has(self, meaning: str) -> bool:
        """Whether a field of this meaning is there and is not null."""
        return self._name(meaning) is not None

    def size(self, meaning: str, default: int | None = None) -> int:
        """A whole number that has to be there, or has a default.

        Raises:
            ValueError: Where it is missing, is no whole number or out of bounds, or two names say different things.
        """
        found = self.optional(meaning)
        if found is not None:
            return found
        if default is not None:
            return default
        name = NAMES.get(meaning, (meaning,))[0]
        given = [other for other in NAMES.get(meaning, (meaning,)) if other in self.fields]
        if given:
            raise ValueError(f"'{self.place(given[0])}' is null; give a whole number.")
        raise ValueError(f"'{self.place(name)}' is missing; give the config.json as it was released.")

    def optional(self, meaning: str, ge: int | None = None) -> int | None:
        """A whole number, None where there is none; errors as for `size`."""
        name = self._name(meaning)
        if name is not None:
            return self._checked(name, meaning, self.fields[name], ge)
        usual = NAMES.get(meaning, (meaning,))[0]
        if not self.where or usual not in self.defaults or usual in self.fields:
            return None
        # Of a part, only what differs from its class is in the file.
        self.assume(f"'{self.place(usual)}' is not in the file: {self.defaults[usual]:,} is the default of its class")
        return int(self.defaults[usual])

    def count(self, meaning: str, default: int = 0) -> int:
        """A whole number from 0, as counts of what a model may have none of."""
        found = self.optional(meaning, ge=0)
        return default if found is None else found

    def flag(self, name: str, default: bool = False) -> bool:
        """Whether a switch is on."""
        value = self.fields.get(name)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise ValueError(f"'{self.place(name)}' is {kind_of(value)}; give true or false.")
        return value

    def word(self, name: str) -> str:
        """A text; empty where there is none."""
        value = self.fields.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise ValueError(f"'{self.place(name)}' is {kind_of(value)}; give a text.")
        return value

    def several(self, name: str) -> list[Any] | None:
        """A list; None where there is none."""
        value = self.fields.get(name)
        if value is None:
            return None
        if not isinstance(value, list):
            raise ValueError(f"'{self.place(name)}' is {kind_of(value)}; give a list.")
        return value

    def by_layer(self, name: str, layers: int) -> list[Any] | None:
        """A list with one entry for each layer; None where there is none."""
        found = self.several(name)
        if found is not None and len(found) != layers:
            raise ValueError(
                f"'{self.place(name)}' has {len(found):,} entries for {layers:,} layers; give one for each."
            )
        return found

    def part(self, name: str) -> "Config":
        """The fields of an object inside, none where it is not there."""
        value = self.fields.get(name)
        if not isinstance(value, dict | None):
            raise ValueError(f"'{self.place(name)}' is {kind_of(value)}; give an object.")
        return Config(value or {}, self.around, self.place(name))

    def place(self, name: str) -> str:
        """A field as people find it in the file."""
        return quotable(f"{self.where}.{name}" if self.where else name)

    def assume(self, text: str) -> None:
        """Note what is not in the file; each once."""
        if text not in self.assumed:
            self.assumed.append(text)

    def refuse(self, name: str, why: str) -> NoReturn:
        """Say that an architecture with this field cannot be expressed."""
        value = self.fields.get(name)
        shown = "is set" if isinstance(value, list | dict) else f"is {kind_of(value)}"
        raise ValueError(f"'{self.place(name)}' {shown}: {why}.")

    def _name(self, meaning: str) -> str | None:
        found = [name for name in NAMES.get(meaning, (meaning,)) if self.fields.get(name) is not None]
        for other in found[1:]:
            if self.fields[other] != self.fields[found[0]]:
                raise ValueError(
                    f"'{self.place(found[0])}' and '{self.place(other)}' mean the same and differ; leave one out."
                )
        return found[0] if found else None

    def _one_for_each_layer(self, values: list[Any]) -> bool:
        """Whether a list has one number for each layer, all of them equal."""
        layers = next((self.fields[name] for name in NAMES["num_hidden_layers"] if name in self.fields), None)
        return len(values) == layers and all(one == values[0] for one in values)

    def _checked(self, name: str, meaning: str, value: Any, ge: int | None = None) -> int:
        facts = _FACTS.get(meaning)
        least, most = (facts.ge, facts.le) if facts else _UNBOUNDED
        least = least if ge is None else ge
        if isinstance(value, list) and meaning not in _OF_THE_WHOLE and self._one_for_each_layer(value):
            value = value[0]
        whole = isinstance(value, int) and not isinstance(value, bool)
        if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
            value, whole = int(value), True
        if not whole or not least <= value <= most:
            raise ValueError(
                f"'{self.place(name)}' is {kind_of(value)}; give a whole number from {least:,.0f} to {most:,.0f}."
            )
        return int(value)


def first_name(config: Config, meaning: str) -> str:
    """The name under which a file has a field of this meaning, or most files have it."""
    names: Sequence[str] = NAMES.get(meaning, (meaning,))
    return next((name for name in names if config.raw(name) is not None), names[0])
