"""Layers with random weights: the bytes that they read, and which heads attend to what."""

import math
from typing import Any

import pytest

from infecon_core import catalog
from infecon_core.schema import Architecture, LinearAttention
from tests.support.tiny_models import GROUPED, TINY, layers, needs_torch, timing, torch
from tools.measure_decode import command


def _made_bytes(architecture: Architecture, batch: int, context: int) -> float:
    """Bytes of the random numbers that a stack of one layer a group holds, after a step without arithmetic."""
    made: list[int] = []

    class Counting(layers.Maker):  # type: ignore[misc]
        def normal(self, *shape: int, scale: float = 1.0) -> Any:
            made.append(2 * math.prod(shape))
            return super().normal(*shape, scale=scale)

    make = Counting(torch.device("meta"), torch.bfloat16)
    layers.Stack(architecture, [1] * len(architecture.layer_groups), batch, context, make).step()
    return float(sum(made))


def _said_bytes(architecture: Architecture, batch: int, context: int) -> float:
    """What the shapes say: weights of the tables and of one layer a group, the experts reached, and the cache."""
    total = architecture.embedding_params * 2 + batch * architecture.hidden_size * 2
    total += 0 if architecture.vocab_size else batch * architecture.hidden_size * 2
    for group in architecture.layer_groups:
        total += timing.layer_bytes(group, architecture.hidden_size, batch, context, fp8=False)
        if isinstance(group.attention, LinearAttention):
            _, out, rows = layers.linear_sides(group.attention, int(architecture.hidden_size))
            assert out * rows * 4 == pytest.approx(group.attention.state_bytes, rel=0.03)
            total -= batch * out * rows * 4
    return float(total)


@needs_torch
def test_every_whole_shape_runs_a_step_over_the_bytes_that_it_says() -> None:
    shapes = dict(TINY)
    for model_id, entry in catalog.models().items():
        try:
            command.check_shape(model_id, entry.architecture)
        except ValueError:
            assert model_id.startswith("erdil-")
        else:
            shapes[model_id] = entry.architecture
    assert len(shapes) > 80
    for model_id, architecture in shapes.items():
        made, said = (count(architecture, 1, 5000) for count in (_made_bytes, _said_bytes))
        assert made == pytest.approx(said, rel=2e-3), model_id


@needs_torch
def test_queries_of_one_kv_head_attend_to_it() -> None:
    torch.manual_seed(1)
    made: list[Any] = []

    class Recording(layers.Maker):  # type: ignore[misc]
        def normal(self, *shape: int, scale: float = 1.0) -> Any:
            made.append(super().normal(*shape, scale=scale))
            return made[-1]

    make = Recording(torch.device("cpu"), torch.float32)
    run = layers.grouped_query(make, GROUPED, 64, 2, 10)
    x = make.normal(2, 64)
    result = run(x)
    inward, outward, keys, values, _ = made
    queries = make.rotation(10, 16)((x @ inward.T).view(2, 8, 16)[:, :4])
    heads = []
    for head in range(4):
        scores = torch.einsum("bd,bsd->bs", queries[:, head], keys[:, head // 2]) / 4
        heads.append(torch.einsum("bs,bsd->bd", scores.softmax(-1), values[:, head // 2]))
    assert torch.allclose(result, torch.cat(heads, -1) @ outward.T, atol=1e-5)
