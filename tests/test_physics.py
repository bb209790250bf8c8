"""Operators, exchanges and memory of the serving engine against sums worked out by hand."""

import numpy as np
import pytest

from infecon_core import catalog
from infecon_core.calibration.constants import shipped
from infecon_core.physics import collectives, exchanges
from infecon_core.physics.decode import evaluate, exchange_time, make_pass
from infecon_core.physics.deployment import Deployment, ExpertKind, Shards, unevenness
from infecon_core.physics.kv_cache import bytes_read, cache_shards, resident_bytes_per_gpu, sequence_bytes
from infecon_core.physics.memory import memory, weight_bytes_per_gpu
from infecon_core.physics.operators import cache_flop, operators
from infecon_core.physics.precision_rules import attention_format, block_scaled
from infecon_core.physics.prefill import prompt_time
from infecon_core.physics.roofline import STORED_BYTES, arithmetic_rate
from infecon_core.spec import Accelerator, Precision

CONSTANTS = shipped().model_copy(
    update={
        "weight_read_share": 0.8,
        "cache_read_share": 0.9,
        "expert_read_share": 0.85,
        "link_share": 0.5,
        "exchange_share": 0.25,
        "exchange_latency_s": 30e-6,
        "attention_arithmetic_share": 0.6,
        "prompt_arithmetic_share": 0.5,
        "routing_exponent": 1.0,
        "expert_padding_rows": 20.0,
        "layer_s": 40e-6,
        "expert_layer_s": 10e-6,
        "block_scale_layer_s": 30e-6,
        "latent_layer_s": 5e-6,
    }
)


def deployment(model, accelerator, weights, kv="bf16", **changes):
    return Deployment(
        catalog.model(model).architecture,
        catalog.accelerator(accelerator).accelerator,
        Precision(weights=weights, kv=kv),
        CONSTANTS,
        **changes,
    )


def shards(stages=1, tp=1, copies=1):
    return Shards(*(np.array([float(x)]) for x in (stages, tp * copies, copies, tp)))


def seconds(found, kind, m=1.0, t=1.0, touched=0.0):
    """Time of every operator, by name, over all groups."""
    total = {}
    for operator in found:
        total[operator.name] = total.get(operator.name, 0.0) + float(
            evaluate(getattr(operator, kind), m, t, touched)[0]
        )
    return total


def test_llama_70b_in_fp8_on_eight_h100_by_hand():
    where = deployment("llama-3.1-70b", "h100-sxm", "fp8", "fp8")
    found, _ = operators(where, shards(tp=8), 1000)
    bandwidth = where.accelerator.hbm_bytes_per_s
    attention = 80 * 8192 * 128 * (64 + 8 + 8 + 64)
    feed_forward = 80 * 3 * 8192 * 28672
    head = 128256 * 8192
    read = seconds(found, "memory", m=3)
    assert read["Attention projections"] == pytest.approx(attention / 8 / (0.8 * bandwidth))
    assert read["Feed-forward"] == pytest.approx(feed_forward / 8 / (0.8 * bandwidth))
    assert read["Unembedding and sampling"] == pytest.approx(2 * head / 8 / (0.8 * bandwidth))
    # Eight KV heads on eight ranks: one each, keys and values of 128 wide in one byte.
    assert read["Attention over KV cache"] == pytest.approx(3 * 80 * 2 * 128 * 1000 / (0.9 * bandwidth))
    work = seconds(found, "arithmetic", t=3)
    fp8, bf16 = where.accelerator.peaks.fp8, where.accelerator.peaks.bf16
    assert work["Feed-forward"] == pytest.approx(3 * 2 * feed_forward / 8 / fp8)
    assert work["Attention projections"] == pytest.approx(3 * 2 * attention / 8 / fp8)
    assert work["Unembedding and sampling"] == pytest.approx(3 * 2 * head / 8 / bf16)
    assert work["Attention over KV cache"] == pytest.approx(3 * 80 * 4 * 64 * 128 * 1000 / 8 / (0.6 * fp8))
    assert seconds(found, "overhead", m=0)["Small kernels and launches"] == pytest.approx(80 * 40e-6)


def test_weights_and_cache_of_llama_70b_fill_what_they_should():
    where = deployment("llama-3.1-70b", "h100-sxm", "fp8", "fp8")
    body = 80 * (8192 * 128 * 144 + 3 * 8192 * 28672)
    table = 128256 * 8192 * 2
    assert weight_bytes_per_gpu(where, shards(tp=8))[0] == pytest.approx((body + 2 * table) / 8)
    # On two stages, the first holds the embedding and the last the unembedding.
    assert weight_bytes_per_gpu(where, shards(stages=2, tp=4))[0] == pytest.approx(body / 8 + table / 4)
    # 80 layers on 32 stages: the fullest holds three.
    assert weight_bytes_per_gpu(where, shards(stages=32))[0] == pytest.approx(body * 3 / 80 + table)
    cache = resident_bytes_per_gpu(where.architecture, "fp8", 1000, np.array([8.0]), np.array([1.0]))
    assert cache[0] == 80 * 2 * 128 * 1000


def test_memory_adds_up_for_whole_sequences():
    where = deployment("deepseek-v3", "h200-sxm", "fp8", "fp8")
    layout = shards(tp=1, copies=8)
    held = memory(where, layout, 4000)
    one = 61 * 576 * 4000
    assert held.sequence_bytes[0] == pytest.approx(one)
    # Nine sequences on eight copies: one copy holds two.
    assert held.cache_bytes(np.array([9.0]), layout.dp_attn)[0] == pytest.approx(2 * one)
    used = held.weight_bytes + held.workspace_bytes + held.reserve_bytes + 2 * one
    assert held.free_bytes(np.array([9.0]), layout.dp_attn)[0] == pytest.approx(
        float(where.accelerator.hbm_bytes - used[0])
    )
    attention = where.architecture.attention_params
    experts = where.architecture.feed_forward_params
    tables = where.architecture.embedding_params
    assert held.weight_bytes[0] == pytest.approx(attention + experts / 8 + tables * 2 / 8)


def test_kv_heads_are_whole_and_replicated_beyond_their_number():
    attention = catalog.model("llama-3.1-70b").architecture.layer_groups[0].attention
    tp = np.array([1.0, 2, 3, 4, 6, 8, 16, 64])
    assert cache_shards(attention, tp).tolist() == pytest.approx([1, 2, 8 / 3, 4, 4, 8, 8, 8])
    assert cache_shards(attention, tp, context_parallel=True).tolist() == tp.tolist()


def test_a_latent_cache_lies_on_every_rank():
    attention = catalog.model("deepseek-v3").architecture.layer_groups[0].attention
    tp = np.array([1.0, 8, 128])
    assert cache_shards(attention, tp).tolist() == [1, 1, 1]
    assert cache_shards(attention, tp, context_parallel=True).tolist() == [1, 8, 128]
    assert sequence_bytes(attention, "bf16", 1000) == (512 + 64) * 2 * 1000
    assert cache_flop(attention, 1000) == 2 * (2 * 512 + 64) * 128 * 1000


def test_a_sparse_latent_cache_is_kept_whole_and_read_in_part():
    attention = catalog.model("deepseek-v3.2").architecture.layer_groups[0].attention
    assert attention.index_tokens == 2048
    kept, read = (f(attention, "fp8", 100_000) for f in (sequence_bytes, bytes_read))
    assert kept == (576 + 128) * 100_000
    assert read == 576 * 2048 + 128 * 100_000
    assert cache_flop(attention, 100_000) == 2 * 1088 * 128 * 2048 + 2 * 64 * 128 * 100_000


def test_a_window_caps_cache_and_arithmetic():
    wide, narrow = (g.attention for g in catalog.model("gpt-oss-120b").architecture.layer_groups)
    assert (wide.window_tokens, narrow.window_tokens) == (None, 128)
    for context, seen in ((100, 100), (10_000, 128)):
        assert sequence_bytes(narrow, "bf16", context) == 2 * 8 * 64 * 2 * seen
        assert cache_flop(narrow, context) == 4 * 64 * 64 * seen
        assert sequence_bytes(wide, "bf16", context) == 2 * 8 * 64 * 2 * context


def test_a_linear_layer_does_not_grow_with_context():
    groups = catalog.model("qwen3-next-80b-a3b").architecture.layer_groups
    linear = next(g.attention for g in groups if g.attention.kind == "linear")
    assert sequence_bytes(linear, "bf16", 10) == sequence_bytes(linear, "bf16", 10**6) == linear.state_bytes
    assert cache_flop(linear, 10**6) == 0
    assert cache_shards(linear, np.array([4.0])).tolist() == [4]


def test_shared_experts_dense_layers_and_padding_of_deepseek():
    where = deployment("deepseek-v3", "h200-sxm", "fp8")
    found, _ = operators(where, shards(tp=8), 1000)
    bandwidth, rate = where.accelerator.hbm_bytes_per_s, where.accelerator.peaks.fp8
    width, one = 7168, 3 * 7168 * 2048
    read, work = (seconds(found, kind, m=16, t=16, touched=0.4) for kind in ("memory", "arithmetic"))
    assert read["Feed-forward"] == pytest.approx(3 * 3 * width * 18432 / 8 / (0.8 * bandwidth))
    assert read["Router and shared experts"] == pytest.approx(58 * (one + width * 256) / 8 / (0.8 * bandwidth))
    assert read["Routed experts"] == pytest.approx(0.4 * 58 * 256 * one / 8 / (0.85 * bandwidth))
    rows = 16 * 8 + 20 * 0.4 * 256
    assert work["Routed experts"] == pytest.approx(58 * 2 * one * rows / 8 / rate)
    overhead = seconds(found, "overhead", m=0)["Small kernels and launches"]
    assert overhead == pytest.approx(61 * 45e-6 + 58 * 40e-6)


def test_touched_experts():
    kind = ExpertKind(256, 8, 1.0)
    assert kind.touched_share(1) == pytest.approx(8 / 256)
    assert kind.touched_share(2) == pytest.approx(1 - (1 - 8 / 256) ** 2)
    assert ExpertKind(256, 8, 0.5).touched_share(4) == pytest.approx(float(kind.touched_share(2)))
    assert ExpertKind(4, 4, 0.9).touched_share([0.1, 7]).tolist() == [1, 1]


def test_formats_of_released_checkpoints():
    assert STORED_BYTES["fp4"] == 0.5625
    assert STORED_BYTES["int4"] == pytest.approx(0.515625)
    mixture, dense = (catalog.model(name).architecture for name in ("gpt-oss-120b", "llama-3.1-70b"))
    for weights, kept in (("fp4", "bf16"), ("int4", "bf16"), ("fp8", "fp8")):
        assert attention_format(mixture, Precision(weights=weights)) == kept
        assert attention_format(dense, Precision(weights=weights)) == weights
    assert block_scaled(mixture, Precision(weights="fp8"))
    assert not block_scaled(mixture, Precision(weights="fp4"))
    assert not block_scaled(dense, Precision(weights="fp8"))
    where = deployment("gpt-oss-120b", "b200-hgx", "fp4")
    experts, attention = where.architecture.feed_forward_params, where.architecture.attention_params
    tables = where.architecture.embedding_params
    assert weight_bytes_per_gpu(where, shards())[0] == pytest.approx(experts * 0.5625 + 2 * attention + 2 * tables)


def test_formats_without_a_path_compute_at_sixteen_bits():
    hopper, blackwell = (catalog.accelerator(name).accelerator for name in ("h100-sxm", "b200-hgx"))
    assert arithmetic_rate(hopper, "fp4") == arithmetic_rate(hopper, "int4") == hopper.peaks.bf16
    assert arithmetic_rate(blackwell, "fp4") == blackwell.peaks.fp4
    assert arithmetic_rate(blackwell, "int4") == blackwell.peaks.bf16
    only_fp4 = Accelerator(name="x", peaks={"fp4": 1e15}, hbm_bytes=1e9, hbm_bytes_per_s=1e12, price_usd_per_gpu_hour=1)
    with pytest.raises(ValueError, match="BF16"):
        arithmetic_rate(only_fp4, "bf16")


def test_all_reduce_takes_one_shot_when_small_and_two_when_large():
    chip = catalog.accelerator("h100-sxm").accelerator
    rate, alpha = 450e9 * 0.5, chip.allreduce_latency_s + 6 * chip.allreduce_latency_s_per_rank
    lines = collectives.all_reduce(chip, CONSTANTS, np.array([8.0]))
    # Equal where α = (7 - 7/4)·V/rate.
    crossover = alpha * rate / (7 - 1.75)
    exchange = exchanges.Exchange("", "", np.ones(1), lines.latency_s, lines.s_per_byte)
    for volume, latency, transfer in (
        (crossover * 0.9, alpha, 7 * crossover * 0.9 / rate),
        (crossover * 1.1, 2 * alpha, 1.75 * crossover * 1.1 / rate),
    ):
        slow, far = exchange_time(exchange, np.array([volume]))
        assert slow[0] == pytest.approx(latency)
        assert far[0] == pytest.approx(transfer)


def test_all_reduce_across_domains_reduces_inside_first():
    chip = catalog.accelerator("h100-sxm").accelerator
    lines = collectives.all_reduce(chip, CONSTANTS, np.array([1.0, 16.0]))
    assert lines.latency_s[0][0] == lines.s_per_byte[0][0] == 0
    inside = 2 * 7 / 8 / (450e9 * 0.5)
    assert lines.s_per_byte[0][1] == pytest.approx(inside + 2 * (1 / 2) / 8 / (50e9 * collectives.NCCL_SHARE))
    assert lines.latency_s[0][1] == pytest.approx(2 * (7 * 0.6e-6 + 5e-6) + 6.8e-6)


def test_a_torus_joins_all_its_chips_and_no_link_joins_none():
    torus = catalog.accelerator("groq-lpu-v1").accelerator
    assert torus.scale_up_domain == 1
    lines = collectives.all_reduce(torus, CONSTANTS, np.array([256.0]))
    assert lines.s_per_byte[0][0] == pytest.approx(255 / (330e9 * 0.5))
    _, slope = collectives.expert_exchange(torus, CONSTANTS, np.array([256.0]), np.array([8.0]))
    assert slope[0] == pytest.approx(8 * 255 / 256 * 1.5 / (330e9 * 0.25))
    assert collectives.linked(torus) == np.inf
    alone = torus.model_copy(update={"topology": "switched", "scale_up_bytes_per_s": None})
    assert collectives.linked(alone) == 1
    lines = collectives.all_reduce(alone, CONSTANTS, np.array([1.0, 2.0]))
    assert lines.s_per_byte[0].tolist() == [0, np.inf]


@pytest.mark.parametrize("gpus", [1, 4, 8, 16, 64])
def test_the_share_of_an_expert_exchange_that_leaves_the_domain(gpus):
    chip = catalog.accelerator("h200-sxm").accelerator
    latency, slope = collectives.expert_exchange(chip, CONSTANTS, np.array([float(gpus)]), np.array([min(8.0, gpus)]))
    if gpus == 1:
        assert latency[0] == slope[0] == 0
        return
    # Of the other ranks, those beyond the domain's eight are reached over the slow link.
    leaving = max(gpus - 8, 0) / (gpus - 1)
    trips = min(8, gpus) * (gpus - 1) / gpus * 1.5
    assert slope[0] == pytest.approx(trips * ((1 - leaving) / (450e9 * 0.25) + leaving / 50e9))
    assert latency[0] == pytest.approx(30e-6 + 2 * 5e-6 * np.log2(max(gpus / 8, 1)))


def test_a_prompt_by_hand():
    where = deployment("llama-3.1-70b", "h100-sxm", "fp8")
    prompt = prompt_time(where, shards(tp=8), 2000)
    body = 80 * (8192 * 128 * 144 + 3 * 8192 * 28672)
    scores = 80 * 4 * 64 * 128 * 2000 * 2000 / 2
    peaks = where.accelerator.peaks
    assert prompt.arithmetic_s[0] == pytest.approx((2 * body * 2000 / peaks.fp8 + scores / peaks.bf16) / 8 / 0.5)
    moved = 80 * 2 * 2 * 7 / 8 * 2000 * 8192 * 2
    assert prompt.network_bandwidth_s[0] == pytest.approx(moved / (450e9 * 0.5))
    assert prompt.memory_s[0] == 0


def test_prompts_across_domains_take_the_slow_link():
    where = deployment("deepseek-v3", "h200-sxm", "fp8")
    prompt = prompt_time(where, shards(tp=1, copies=64), 1000)
    moved = 61 / 64 * 2 * 63 / 64 * 1000 * 7168 * 2
    assert prompt.network_bandwidth_s[0] == pytest.approx(moved * (7 / 63 / (450e9 * 0.5) + 56 / 63 / 50e9))


def test_prompts_of_one_pass_share_the_experts_that_they_wake():
    where = deployment("deepseek-v3", "h200-sxm", "fp8")
    one = make_pass(where, shards(tp=8), 1000, 500)
    batch = np.array([4.0])
    memories = [float(one.five_times(batch, 1.0, w).memory_s[0]) for w in (0.0, 0.5, 1.0, 3.0)]
    assert memories[1] - memories[0] == pytest.approx((memories[2] - memories[0]) / 2)
    assert memories[3] == pytest.approx(memories[2])
    share = one.kinds[0].touched_share(500) - one.kinds[0].touched_share(4)
    experts = 58 * 256 * 3 * 7168 * 2048 / 8 / (0.85 * where.accelerator.hbm_bytes_per_s)
    assert memories[2] - memories[0] == pytest.approx(float(share) * experts)


def test_the_fullest_stage_sets_the_pace():
    assert unevenness(61, np.array([1.0, 2, 4, 61])).tolist() == pytest.approx([1, 62 / 61, 64 / 61, 1])
    where = deployment("deepseek-v3", "h200-sxm", "fp8")
    whole, cut = (seconds(operators(where, layout, 1000)[0], "memory") for layout in (shards(), shards(stages=4)))
    assert cut["Attention projections"] / whole["Attention projections"] == pytest.approx(64 / 61)
    assert cut["Unembedding and sampling"] == pytest.approx(whole["Unembedding and sampling"])


def test_context_parallel_reads_less_and_exchanges_more():
    plain, partitioned = (
        operators(deployment("deepseek-v3", "h200-sxm", "fp8", context_parallel=on), shards(tp=8), 100_000)
        for on in (False, True)
    )
    cache = [seconds(found, "memory")["Attention over KV cache"] for found, _ in (plain, partitioned)]
    assert cache[1] == pytest.approx(cache[0] / 8)
    names = [{exchange.name for exchange in found} for _, found in (plain, partitioned)]
    assert names[1] - names[0] == {"Exchange of partial attention"}


def test_rocm_reaches_less_and_costs_more():
    found = {
        stack: operators(
            Deployment(
                catalog.model("llama-3.1-8b").architecture,
                catalog.accelerator("mi300x").accelerator.model_copy(update={"stack": stack}),
                Precision(),
                CONSTANTS,
            ),
            shards(),
            1000,
        )[0]
        for stack in ("cuda", "rocm")
    }
    for kind, name, factor in (
        ("memory", "Feed-forward", 1 / CONSTANTS.rocm_memory_factor),
        ("overhead", "Small kernels and launches", CONSTANTS.rocm_overhead_factor),
    ):
        cuda, rocm = (seconds(found[stack], kind)[name] for stack in ("cuda", "rocm"))
        assert rocm / cuda == pytest.approx(factor)
