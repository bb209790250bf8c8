"""From the `config.json` that a model was released with to its architecture."""

from pydantic import ValidationError

from infecon_core.huggingface.config import Config
from infecon_core.huggingface.families import FAMILIES, Family, kind_known
from infecon_core.huggingface.layers import layer_groups
from infecon_core.huggingface.reading import Fields, object_of, text_part
from infecon_core.huggingface.released import mtp_layers_of, name_of, precision_of
from infecon_core.huggingface.unknown import refuse_what_cannot_be_said, refuse_what_is_not_known
from infecon_core.schema import Architecture, Precision, Record, sentence
from infecon_core.schema.words import quotable


class ImportedModel(Record):
    """What a `config.json` says of a model.

    Args:
        architecture (Architecture): Its shape.
        precision (Precision): The formats in which it was released.
        mtp_layers (int): Layers for multi-token prediction that one drafted token passes; 0 for none. [1]
        model_type (str): What the file calls its kind; empty where it does not.
        assumed (tuple of str): What the file does not say or the shape leaves out, one sentence each.
    """

    architecture: Architecture
    precision: Precision
    mtp_layers: int = 0
    model_type: str = ""
    assumed: tuple[str, ...] = ()


def architecture_from_config(text: str) -> Architecture:
    """The architecture of a model from the text of its `config.json`.

    Args:
        text (str): What the file holds.

    Returns:
        Architecture: Its shape; biases, norms and learned positions are left out, as everywhere.

    Raises:
        ValueError: One sentence that names the field which cannot be taken, and says why.

    Examples:
        >>> text = '''{"model_type": "llama", "hidden_size": 4096, "intermediate_size": 14336, "num_hidden_layers": 32,
        ... "num_attention_heads": 32, "num_key_value_heads": 8, "vocab_size": 128256}'''
        >>> f"{architecture_from_config(text).total_params:,}"
        '8,029,995,008'
    """
    return imported(text).architecture


def imported(text: str, name: str = "") -> ImportedModel:
    """What the text of a `config.json` says of a model.

    Args:
        text (str): What the file holds.
        name (str): What the model is called; from the file, or its kind and size, where empty.

    Raises:
        ValueError: One sentence that names the field which cannot be taken, and says why.
    """
    whole = object_of(text)
    where, fields = text_part(whole)
    model_type, classes = _kind(fields, whole)
    kind = kind_known(model_type, classes)
    fields = _flattened(fields, kind)
    family = FAMILIES.get(kind) or _guessed(fields)
    config = Config(fields, whole, where, family.defaults)
    refuse_what_cannot_be_said(config, model_type, classes)
    if not kind:
        refuse_what_is_not_known(config, model_type)
        told = f"'model_type' '{quotable(model_type)}'" if model_type else "a file without 'model_type'"
        config.assume(
            f"{told} is not known here: the model is read by the names of its fields, as most are, with "
            f"{'gated' if family.gated else 'ungated'} feed-forward layers"
        )
    elif kind_known(model_type, ()) != kind:
        told = f"'model_type' '{quotable(model_type)}' is not known here" if model_type else "'model_type' is missing"
        config.assume(f"{told}: the kind of model is taken from the class in 'architectures'")
    if where:
        config.assume(f"only the text model ('{where}') is taken, without what sees or hears")
    try:
        shape = Architecture(
            name="Model",
            hidden_size=config.size("hidden_size"),
            vocab_size=config.size("vocab_size"),
            tie_word_embeddings=_tied(config, family),
            layer_groups=layer_groups(config, family, kind),
            parallel_attn=_parallel(config, family),
        )
        named = name.strip() or name_of(config, model_type or kind, shape.total_params)
        shape = Architecture.model_validate({**dict(shape), "name": named})
        precision, mtp = precision_of(config), mtp_layers_of(config)
    except ValidationError as error:
        raise ValueError(sentence(error)) from error
    return ImportedModel(
        architecture=shape,
        precision=precision,
        mtp_layers=mtp,
        model_type=quotable(model_type),
        assumed=tuple(f"{text[0].upper()}{text[1:]}." for text in config.assumed),
    )


# Activations of feed-forward layers that two matrices lead into, where the kind of model is not known.
_OF_GATES = ("", "silu", "swish", "swiglu", "geglu", "gelu_pytorch_tanh")


def _guessed(fields: Fields) -> Family:
    names = (fields.get(name) for name in ("hidden_act", "hidden_activation", "activation_function", "mlp_hidden_act"))
    return Family(gated=next((name in _OF_GATES for name in names if isinstance(name, str)), True))


def _kind(fields: Fields, whole: Fields) -> tuple[str, tuple[str, ...]]:
    """What the file calls the kind of its text model, and the classes it names."""
    model_type = fields.get("model_type") or whole.get("model_type") or ""
    if not isinstance(model_type, str):
        raise ValueError("'model_type' is not a text; give the config.json as it was released.")
    classes = fields.get("architectures") or whole.get("architectures") or ()
    return model_type, tuple(one for one in classes if isinstance(one, str)) if isinstance(classes, list) else ()


# Parts of a configuration whose fields stand beside the others for some kinds of models, with what they mean there.
_PARTS = {
    "dbrx": {
        "attn_config": {"kv_n_heads": "num_key_value_heads"},
        "ffn_config": {
            "ffn_hidden_size": "moe_intermediate_size",
            "moe_num_experts": "moe_num_experts",
            "moe_top_k": "moe_top_k",
        },
    },
    "mpt": {"attn_config": {"kv_n_heads": "num_key_value_heads"}},
}


def _flattened(fields: Fields, kind: str) -> Fields:
    found = dict(fields)
    for part, names in _PARTS.get(kind, {}).items():
        inside = fields.get(part)
        if isinstance(inside, dict):
            found |= {ours: inside[theirs] for theirs, ours in names.items() if inside.get(theirs) is not None}
    return found


def _tied(config: Config, family: Family) -> bool:
    for fields in (config.fields, config.around):
        if fields.get("tie_word_embeddings") is not None:
            return Config(fields, fields).flag("tie_word_embeddings")
    return config.flag("tie_embedding", default=family.tied)


def _parallel(config: Config, family: Family) -> bool:
    for name in ("parallel_attn", "use_parallel_residual", "parallel_residual"):
        if config.raw(name) is not None:
            return config.flag(name)
    return family.parallel
