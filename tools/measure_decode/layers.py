"""Decoder layers with random weights, as a server runs them for one new token a sequence, in plain PyTorch.

A step reads the bytes of a real one: the weights of all layers (of experts, those that a token reaches), the cache
or state of every sequence, and the tables. The values mean nothing, and the position stays the same in every step.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional

from infecon_core.schema import (
    Architecture,
    Attention,
    DenseFeedForward,
    FeedForward,
    GroupedQueryAttention,
    LatentAttention,
    LayerGroup,
    LinearAttention,
    MixtureOfExperts,
)

Tensor = torch.Tensor
Part = Callable[[Tensor], Tensor]

SEED = 0
ROPE_BASE = 1e4
STATE_DECAY = 0.1
STATE_BYTES = 4
# FP8 tensor cores take operands whose sides are multiples of 16; so do fast 16-bit products.
ALIGNED = 16


@dataclass(frozen=True)
class Maker:
    """Makes tensors of random numbers on one device.

    Args:
        device (torch.device): Where they lie.
        dtype (torch.dtype): Format of the cache, the activations, and of all weights that are not FP8.
        fp8 (bool): Whether the projections and the dense feed-forward layers have FP8 weights.
    """

    device: torch.device
    dtype: torch.dtype
    fp8: bool = False

    def normal(self, *shape: int, scale: float = 1.0) -> Tensor:
        """Normal numbers of standard deviation `scale`."""
        return torch.randn(shape, device=self.device, dtype=self.dtype).mul_(scale)

    def product(self, inputs: int, outputs: int, *, fp8: bool | None = None) -> Part:
        """A product with a random matrix that keeps the size of its input."""
        scale = inputs**-0.5
        if not (self.fp8 if fp8 is None else fp8):
            weights = self.normal(outputs, inputs, scale=scale)
            return lambda x: functional.linear(x, weights)
        if inputs % ALIGNED or outputs % ALIGNED:
            raise ValueError(f"FP8 products need sides that are multiples of {ALIGNED}, not {inputs} x {outputs}.")
        eighth = self.normal(outputs, inputs).to(torch.float8_e4m3fn).t()
        one, scales = (torch.tensor(value, device=self.device) for value in (1.0, scale))

        def scaled(x: Tensor) -> Tensor:
            rows = x.to(torch.float8_e4m3fn)
            return torch._scaled_mm(rows, eighth, scale_a=one, scale_b=scales, out_dtype=self.dtype)

        return scaled

    def rotation(self, position: int, width: int) -> Part:
        """Rotary position embedding of vectors of an even width, at one position."""
        angle = position * ROPE_BASE ** -torch.linspace(0, 1, width // 2, device=self.device)
        cos = angle.cos().repeat(2).to(self.dtype)
        sin = torch.cat([-angle.sin(), angle.sin()]).to(self.dtype)
        return lambda x: torch.addcmul(x * cos, x.roll(width // 2, -1), sin)


def norm(x: Tensor) -> Tensor:
    """Root-mean-square norm, its gains left at 1."""
    return functional.rms_norm(x, x.shape[-1:])


def grouped_query(make: Maker, shape: GroupedQueryAttention, width: int, batch: int, context: int) -> Part:
    """Multi-head, grouped-query or multi-query attention over a full cache, or over its window."""
    heads, kv, size = int(shape.num_attention_heads), int(shape.num_key_value_heads), int(shape.head_dim)
    seen = context if shape.sliding_window is None else min(context, shape.sliding_window)
    inward = make.product(width, (heads * (2 if shape.attn_output_gate else 1) + 2 * kv) * size)
    outward = make.product(heads * size, width)
    turn = make.rotation(context, size)
    keys, values = make.normal(batch, kv, seen, size), make.normal(batch, kv, seen, size)

    def run(x: Tensor) -> Tensor:
        rows = inward(x).view(batch, -1, size)
        turned = turn(rows[:, : heads + kv])
        keys[:, :, -1] = turned[:, heads:]
        values[:, :, -1] = rows[:, heads + kv : heads + 2 * kv]
        # Queries that share a KV head stand as rows of one product: the cache is read once for all of them.
        queries = turned[:, :heads].reshape(batch, kv, heads // kv, size)
        mixed = functional.scaled_dot_product_attention(queries, keys, values).reshape(batch, heads * size)
        if shape.attn_output_gate:
            mixed = mixed * torch.sigmoid(rows[:, heads + 2 * kv :].reshape(batch, heads * size))
        return outward(mixed)

    return run


def latent(make: Maker, shape: LatentAttention, width: int, batch: int, context: int) -> Part:
    """Multi-head latent attention, absorbed: the queries move into the space of the compressed cache.

    PyTorch has no kernel for it, so two batched products read the cache twice, where a server's reads it once.
    """
    heads, rank, nope, rope = (
        int(n) for n in (shape.num_attention_heads, shape.kv_lora_rank, shape.qk_nope_head_dim, shape.qk_rope_head_dim)
    )
    q_lora_rank, value = int(shape.q_lora_rank or 0), int(shape.v_head_dim)
    down = make.product(width, q_lora_rank + rank + rope)
    up = make.product(q_lora_rank or width, heads * (nope + rope))
    keys_up = make.normal(heads, nope, rank, scale=nope**-0.5)
    values_up = make.normal(heads, rank, value, scale=rank**-0.5)
    outward = make.product(heads * value, width)
    turn = make.rotation(context, rope) if rope else None
    cache = make.normal(batch, context, rank + rope)
    choose = indexer(make, shape, width, batch, context) if shape.index_n_heads else None

    def run(x: Tensor) -> Tensor:
        compressed, row = down(x).split([q_lora_rank, rank + rope], -1)
        inner = norm(compressed) if q_lora_rank else x
        queries = up(inner).view(batch, heads, nope + rope)
        absorbed = torch.bmm(queries[..., :nope].transpose(0, 1), keys_up).transpose(0, 1)
        cache[:, -1, :rank] = norm(row[:, :rank])
        if turn is not None:
            cache[:, -1, rank:] = turn(row[:, rank:])
            absorbed = torch.cat([absorbed, turn(queries[..., nope:])], -1)
        seen = cache if choose is None else choose(x, inner, cache)
        scores = torch.bmm(absorbed, seen.transpose(1, 2)).mul_((nope + rope) ** -0.5)
        mixed = torch.bmm(scores.softmax(-1), seen[..., :rank])
        values = torch.bmm(mixed.transpose(0, 1), values_up)
        return outward(values.transpose(0, 1).reshape(batch, heads * value))

    return run


def indexer(
    make: Maker, shape: LatentAttention, width: int, batch: int, context: int
) -> Callable[[Tensor, Tensor, Tensor], Tensor]:
    """The indexer of sparse attention: scores every token of the context and hands on the best."""
    heads, size = shape.index_n_heads, shape.index_head_dim
    inner_width = int(shape.q_lora_rank or width)
    up, down = make.product(inner_width, heads * size), make.product(width, size + heads, fp8=False)
    keys = make.normal(batch, context, size)

    def choose(x: Tensor, inner: Tensor, cache: Tensor) -> Tensor:
        row = down(x)
        keys[:, -1] = row[:, :size]
        scores = torch.bmm(up(inner).view(batch, heads, size), keys.transpose(1, 2)).relu_()
        total = torch.bmm(row[:, None, size:], scores).squeeze(1)
        if shape.index_topk is None or shape.index_topk >= context:
            return cache
        kept = total.topk(shape.index_topk, sorted=False).indices
        return cache.gather(1, kept[..., None].expand(-1, -1, cache.shape[-1]))

    return choose


def linear_sides(shape: LinearAttention, width: int) -> tuple[int, int, int]:
    """Columns in and out of a linear layer's projections, and rows of its state: the given weights and bytes."""
    total = max(4 * ALIGNED, round(shape.layer_params / width / ALIGNED) * ALIGNED)
    outward = total // 4 // ALIGNED * ALIGNED
    return total - outward, outward, max(1, round(shape.state_bytes / STATE_BYTES / outward))


def linear(make: Maker, shape: LinearAttention, width: int, batch: int) -> Part:
    """A recurrent layer as projections of its weights and one update of its state, which is read and written once."""
    into, out, rows = linear_sides(shape, width)
    inward, outward = make.product(width, into), make.product(out, width)
    state = torch.zeros(batch, out, rows, device=make.device, dtype=torch.float32)

    def run(x: Tensor) -> Tensor:
        row = inward(x)
        state.lerp_(row[:, :out, None].float(), STATE_DECAY)
        return outward(state[..., 0].to(make.dtype) * functional.silu(row[:, out : 2 * out]))

    return run


def gate(x: Tensor, *, gated: bool) -> Tensor:
    """The activation between the two products of a feed-forward layer."""
    if not gated:
        return functional.silu(x)
    left, right = x.chunk(2, -1)
    return functional.silu(left) * right


def dense(make: Maker, inner: int, width: int, *, gated: bool) -> Part:
    """A feed-forward layer that every token passes."""
    up, down = make.product(width, inner * (2 if gated else 1)), make.product(inner, width)
    return lambda x: down(gate(up(x), gated=gated))


def experts(make: Maker, shape: MixtureOfExperts, width: int, batch: int, rng: np.random.Generator) -> Part:
    """Routed and shared experts, every token sent to `active` experts drawn uniformly at random.

    Tokens are grouped by expert and each group padded to the largest. The draw is made once, so that a step is the
    same graph every time; experts that it leaves out are not kept, as they would not be read. The router runs, but
    only its weights are used.
    """
    drawn = (
        rng.random((batch, shape.num_experts))
        .argpartition(shape.num_experts_per_tok - 1)[:, : shape.num_experts_per_tok]
        .ravel()
    )
    _, numbers, groups = np.unique(drawn, return_inverse=True, return_counts=True)
    order = np.argsort(numbers, kind="stable")
    within = np.empty_like(order)
    within[order] = np.arange(order.size) - np.repeat(np.cumsum(groups) - groups, groups)
    longest = int(groups.max())
    rows = np.zeros((groups.size, longest), dtype=np.int64)
    rows[numbers, within] = np.arange(order.size) // shape.num_experts_per_tok
    source = torch.from_numpy(rows.ravel()).to(make.device)
    place = torch.from_numpy(numbers * longest + within).to(make.device)

    inner, matrices = int(shape.moe_intermediate_size), 2 if shape.gated else 1
    up = make.normal(groups.size, width, inner * matrices, scale=width**-0.5)
    down = make.normal(groups.size, inner, width, scale=inner**-0.5)
    router = make.product(width, shape.num_experts, fp8=False) if shape.router else None
    shared = (
        dense(make, int(shape.shared_expert_intermediate_size), width, gated=shape.gated)
        if shape.shared_expert_intermediate_size
        else None
    )
    equal = torch.full(
        (batch, shape.num_experts_per_tok), 1 / shape.num_experts_per_tok, device=make.device, dtype=make.dtype
    )

    def run(x: Tensor) -> Tensor:
        shares = equal if router is None else router(x).topk(shape.num_experts_per_tok).values.softmax(-1)
        sent = x.index_select(0, source).view(groups.size, longest, width)
        results = torch.bmm(gate(torch.bmm(sent, up), gated=shape.gated), down).view(-1, width)
        own = results.index_select(0, place).view(batch, shape.num_experts_per_tok, width)
        mixed = torch.bmm(shares[:, None], own).squeeze(1)
        return mixed if shared is None else mixed + shared(x)

    return run


class Stack:
    """Some layers of an architecture between its tables, for one batch at one context.

    Args:
        architecture (Architecture): Whose shapes and tables.
        counts (sequence of int): Layers of each group. [1]
        batch, context (int): Sequences [1]; tokens that each of them sees, the new one included. [tokens]
        make (Maker): Device and formats.
    """

    def __init__(
        self, architecture: Architecture, counts: Sequence[int], batch: int, context: int, make: Maker
    ) -> None:
        torch.manual_seed(SEED)
        rng = np.random.default_rng(SEED)
        width, words = int(architecture.hidden_size), architecture.vocab_size
        self.parallel = architecture.parallel_attn
        self.tokens = torch.arange(batch, device=make.device) % max(words, 1)
        # A shape without tables passes its start on unchanged.
        self.table = make.normal(max(words, batch), width)
        self.head = make.normal(words, width) if words and not architecture.tie_word_embeddings else self.table
        self.words = words
        self.layers = [
            self._layer(group, width, batch, context, make, rng)
            for group, count in zip(architecture.layer_groups, counts, strict=True)
            for _ in range(count)
        ]
        self.result = make.normal(batch, width)

    def _layer(
        self, group: LayerGroup, width: int, batch: int, context: int, make: Maker, rng: np.random.Generator
    ) -> tuple[Part, ...]:
        parts: list[Part] = []
        if group.attention is not None:
            parts.append(attention_part(make, group.attention, width, batch, context))
        if group.feed_forward is not None:
            parts.append(feed_forward_part(make, group.feed_forward, width, batch, rng))
        return tuple(parts)

    def step(self) -> None:
        """Run one decode step: look tokens up, pass all layers, and take the likeliest token."""
        x = functional.embedding(self.tokens, self.table)
        for parts in self.layers:
            if self.parallel:
                normed = norm(x)
                for part in parts:
                    x = x + part(normed)
            else:
                for part in parts:
                    x = x + part(norm(x))
        self.result.copy_(norm(x))
        if self.words:
            self.tokens.copy_(functional.linear(self.result, self.head).argmax(-1))


def attention_part(make: Maker, shape: Attention, width: int, batch: int, context: int) -> Part:
    """The attention of one layer."""
    if isinstance(shape, LatentAttention):
        return latent(make, shape, width, batch, context)
    if isinstance(shape, LinearAttention):
        return linear(make, shape, width, batch)
    return grouped_query(make, shape, width, batch, context)


def feed_forward_part(make: Maker, shape: FeedForward, width: int, batch: int, rng: np.random.Generator) -> Part:
    """The feed-forward half of one layer."""
    if isinstance(shape, DenseFeedForward):
        return dense(make, int(shape.intermediate_size), width, gated=shape.gated)
    return experts(make, shape, width, batch, rng)
