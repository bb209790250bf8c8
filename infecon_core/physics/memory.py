"""What fills the memory of a GPU: weights, cache, workspace, and a reserve that is left alone."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from infecon_core.physics.deployment import ACTIVATION_BYTES, Deployment, Shards, unevenness
from infecon_core.physics.kv_cache import resident_bytes_per_gpu
from infecon_core.physics.precision_rules import HEAD_FORMAT, attention_format
from infecon_core.physics.roofline import STORED_BYTES

Array = npt.NDArray[np.float64]

# Engines leave a part of the memory to the driver, graphs and fragmentation; 8% is a common setting.
RESERVE_SHARE = 0.08
# Prompts are worked through in chunks of this many tokens, whose activations are all alive.
CHUNK_TOKENS = 8192
# Activations alive at once, in widths of the model: residual, normed, projections and their outputs.
ALIVE_WIDTHS = 6


class Memory(NamedTuple):
    """Bytes of one GPU.

    Attributes
    ----------
    weight_bytes, workspace_bytes, reserve_bytes : array
        Whatever the batch. [B]
    sequence_bytes : array
        Cache of one sequence of its attention group. [B]
    hbm_bytes : float
        Memory of one GPU. [B]
    """

    weight_bytes: Array
    workspace_bytes: Array
    reserve_bytes: float
    sequence_bytes: Array
    hbm_bytes: float

    def cache_bytes(self, batch: Array, dp_attn: Array) -> Array:
        """Cache of the fullest GPU with a batch of whole sequences spread over the copies of attention. [B]"""
        return np.ceil(batch / dp_attn) * self.sequence_bytes

    def free_bytes(self, batch: Array, dp_attn: Array) -> Array:
        """What is left of one GPU, negative where it does not fit. [B]"""
        used = self.weight_bytes + self.workspace_bytes + self.reserve_bytes
        return self.hbm_bytes - used - self.cache_bytes(batch, dp_attn)


def weight_bytes_per_gpu(deployment: Deployment, shards: Shards) -> Array:
    """Weights of one GPU: attention over tp_attn, all else over the stage's GPUs, layers over the stages. [B]

    The first stage holds the embedding and the last the unembedding: two tables lie together on a single stage only.
    """
    architecture, precision = deployment.architecture, deployment.precision
    attention = architecture.attention_params * STORED_BYTES[attention_format(architecture, precision)]
    feed_forward = architecture.feed_forward_params * STORED_BYTES[precision.weights]
    one_table = architecture.vocabulary * architecture.width
    tables = np.where(shards.stages > 1, one_table, architecture.embedding_params) * STORED_BYTES[HEAD_FORMAT]
    fullest = unevenness(architecture.layers, shards.stages) / shards.stages
    layers = (attention / shards.tp_attn + feed_forward / shards.gpus) * fullest
    return np.asarray(layers + tables / shards.gpus)


def memory(deployment: Deployment, shards: Shards, context_tokens: float, *, context_parallel: bool = False) -> Memory:
    """What one GPU of each layout holds.

    Parameters
    ----------
    deployment : Deployment
        What is served on what.
    shards : Shards
        Layouts.
    context_tokens : float
        Mean context of a sequence. [tokens]
    context_parallel : bool
        Ranks that would hold copies of the cache share it along the context instead.

    Returns
    -------
    Memory
        Of the layouts' length. [B]
    """
    width, vocabulary = deployment.architecture.width, deployment.architecture.vocabulary
    activations = CHUNK_TOKENS * ALIVE_WIDTHS * width * ACTIVATION_BYTES
    logits = CHUNK_TOKENS / 32 * vocabulary * 4 / shards.gpus
    cache = resident_bytes_per_gpu(
        deployment.architecture,
        deployment.precision.kv,
        context_tokens,
        shards.tp_attn,
        shards.stages,
        context_parallel=context_parallel,
    )
    hbm = deployment.accelerator.hbm_bytes
    workspace = np.broadcast_to(np.asarray(activations + logits), shards.gpus.shape)
    return Memory(weight_bytes_per_gpu(deployment, shards), workspace, RESERVE_SHARE * hbm, cache, hbm)
