"""What fills the memory of a GPU: weights, cache, workspace, and a reserve that is left alone.

Source: formats of released checkpoints (data/models); chunk, rows of logits and reserve after the defaults of vLLM and
SGLang, as said beside each of them.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from infecon_core.physics.deployment import Deployment, Shards, unevenness
from infecon_core.physics.experts import expert_slots
from infecon_core.physics.formats import ACTIVATION_BYTES, HEAD_FORMAT, STORED_BYTES, attention_format
from infecon_core.physics.kv_cache import resident_bytes_per_gpu
from infecon_core.schema import MixtureOfExperts

Array = npt.NDArray[np.float64]

# Left to the driver, captured graphs and fragmentation. An estimate, a little below the 10% that vLLM's default
# `gpu_memory_utilization` of 0.9 leaves.
RESERVE_SHARE = 0.08
# Tokens of prompts in one pass, whose activations are all alive. The default of vLLM's server (`max_num_batched_tokens`
# on GPUs of 70 GB and more, A100 aside) and of SGLang (`chunked_prefill_size` on GPUs of 35 to 160 GB).
CHUNK_TOKENS = 8192
# Activations alive at once for each token of a chunk, in hidden sizes: residual, normed input, projections and their
# outputs. An estimate by counting; it matters little beside weights and cache.
ALIVE_WIDTHS = 6
# Rows of logits alive at once, in FP32. An estimate: 256 is vLLM's default `max_num_seqs` on GPUs below 70 GB.
LOGIT_ROWS = 256
LOGIT_BYTES = 4


class Memory(NamedTuple):
    """Bytes of one GPU.

    Attributes:
        weight_bytes, workspace_bytes, reserve_bytes (array): Whatever the batch. [B]
        sequence_bytes (array): Cache kept for one sequence of its copy of attention. [B]
        hbm_bytes (float): Memory of one GPU. [B]
    """

    weight_bytes: Array
    workspace_bytes: Array
    reserve_bytes: float
    sequence_bytes: Array
    hbm_bytes: float

    def cache_bytes(self, batch: Array, dp_attn: Array) -> Array:
        """Cache of the fullest GPU: whole sequences on each copy of attention. [B]

        Equation:
            K = ⌈B/dp⌉·K_1

        Where:
            B (batch): Sequences. [1]
            dp (dp_attn): Copies of attention. [1]
            K_1 (self.sequence_bytes): Cache of one sequence. [B]
        """
        return np.ceil(batch / dp_attn) * self.sequence_bytes

    def free_bytes(self, batch: Array, dp_attn: Array) -> Array:
        """Memory of one GPU that is left, negative where weights and cache do not fit. [B]

        Equation:
            F = HBM - W - A - R - K
            K = ⌈B/dp⌉·K_1

        Where:
            HBM (self.hbm_bytes): Memory of a GPU. [B]
            W (self.weight_bytes): Weights. [B]
            A (self.workspace_bytes): Workspace. [B]
            R (self.reserve_bytes): Reserve. [B]
            B (batch): Sequences. [1]
            dp (dp_attn): Copies of attention. [1]
            K_1 (self.sequence_bytes): Cache of one sequence. [B]
        """
        used = self.weight_bytes + self.workspace_bytes + self.reserve_bytes
        return self.hbm_bytes - used - self.cache_bytes(batch, dp_attn)


def weight_bytes_per_gpu(deployment: Deployment, shards: Shards) -> Array:
    """Weights of one GPU: attention and dense layers over tp_attn, tables over the stage's G, layers over stages. [B]

    Router and shared experts are cut
    over g = `Shards.shared_shards`, and of experts a GPU holds `expert_slots` a layer: E/G, or whole ones beside copies
    of attention. The first stage holds the
    embedding and the last the unembedding: two tables lie together on a single stage only, and tied ones are one.

    Equation:
        M = W_l·f + E/G
        W_l = A/tp + F·b, layers of a stage if all were on it

    Where:
        W_l (held): Layers, cut over a stage's GPUs. [B]
        f (fullest): Share of the layers that the fullest stage holds. [1]
        E (tables): Embedding and unembedding. [B]
        G (shards.gpus): GPUs of a stage. [1]
        A (attention): Attention. [B]
        tp (shards.tp_attn): Shards of a copy of attention. [1]
        F (feed_forward): Feed-forward weights on a GPU: dense/tp + shared/g + experts of `expert_slots`. [1]
        b (STORED_BYTES[precision.weights]): Bytes of a weight. [B]

    Args:
        deployment (Deployment): Weights, and the formats that they are stored in.
        shards (Shards): Layouts.

    Examples:
        Llama 3.1 70B in FP8: 68.5e9 weights in its layers of one byte each, and two tables of 1.05e9 in 16 bits.

        >>> from infecon_core import catalog
        >>> from infecon_core.catalog.constants import shipped
        >>> from infecon_core.schema import Precision
        >>> model, chip = catalog.model("llama-3.1-70b"), catalog.accelerator("h100-sxm")
        >>> eight = Deployment(model.architecture, chip.accelerator, Precision(weights="fp8"), shipped())
        >>> one = np.array([1.0])
        >>> [round(float(weight_bytes_per_gpu(eight, Shards(one, g * one, one, g * one))[0]) / 1e9, 2) for g in (1, 8)]
        [72.65, 9.08]
    """
    architecture, precision = deployment.architecture, deployment.precision
    attention = architecture.attention_params * STORED_BYTES[attention_format(architecture, precision)]
    width = architecture.hidden_size
    one_table = architecture.vocab_size * architecture.hidden_size
    tables = np.where(shards.stages > 1, one_table, architecture.embedding_params) * STORED_BYTES[HEAD_FORMAT]
    fullest = unevenness(architecture.num_hidden_layers, shards.stages) / shards.stages
    feed_forward: Array = np.zeros(shards.gpus.shape)
    for group in architecture.layer_groups:
        layer = group.feed_forward
        if isinstance(layer, MixtureOfExperts):
            experts = expert_slots(layer, shards) * layer.expert_params(width)
            feed_forward += group.num_layers * (layer.shared_params(width) / shards.shared_shards + experts)
        elif layer is not None:
            feed_forward += group.num_layers * layer.params(width) / shards.tp_attn
    held = attention / shards.tp_attn + feed_forward * STORED_BYTES[precision.weights]
    layers = held * fullest
    return np.asarray(layers + tables / shards.gpus)


def memory(deployment: Deployment, shards: Shards, reserved_tokens: npt.ArrayLike) -> Memory:
    """What one GPU of each layout holds.

    Weights are those of `weight_bytes_per_gpu`, the cache of a sequence that of `resident_bytes_per_gpu`.

    Equation:
        A = C·w·h·a + r·V·l/G
        R = s·HBM

    Where:
        A (return.workspace_bytes): Workspace: activations and logits. [B]
        R (return.reserve_bytes): Reserve. [B]
        C (CHUNK_TOKENS): Tokens of prompts in one pass. [tokens]
        w (ALIVE_WIDTHS): Activations of a token that are alive at once, in hidden sizes. [1]
        h (architecture.hidden_size): Hidden size. [1]
        a (ACTIVATION_BYTES): Bytes of an activation. [B]
        r (LOGIT_ROWS): Rows of logits alive at once. [1]
        V (architecture.vocab_size): Vocabulary. [1]
        l (LOGIT_BYTES): Bytes of a logit. [B]
        G (shards.gpus): GPUs of a stage. [1]
        s (RESERVE_SHARE): Share of the memory that is left alone. [1]
        HBM (hbm): Memory of a GPU. [B]

    Args:
        deployment (Deployment): What is served on what.
        shards (Shards): Layouts.
        reserved_tokens (array_like): Tokens whose cache is kept for a sequence, a number or one a layout: prompt and
            output of a request that must never be put off. [tokens]

    Returns:
        Memory: Of the layouts' length. [B]
    """
    architecture, hbm = deployment.architecture, deployment.accelerator.hbm_bytes
    activations = CHUNK_TOKENS * ALIVE_WIDTHS * architecture.hidden_size * ACTIVATION_BYTES
    logits = LOGIT_ROWS * architecture.vocab_size * LOGIT_BYTES / shards.gpus
    cache = resident_bytes_per_gpu(
        architecture,
        deployment.precision.kv,
        reserved_tokens,
        shards.tp_attn,
        shards.stages,
        context_parallel=deployment.context_parallel,
    )
    return Memory(weight_bytes_per_gpu(deployment, shards), activations + logits, RESERVE_SHARE * hbm, cache, hbm)
