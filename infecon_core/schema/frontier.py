"""The columns of a frontier: name, unit, meaning and formula of each, the same for every engine."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from infecon_core.schema.step import FIVE_TIMES, Limit


class Column(NamedTuple):
    """One column of a frontier.

    Attributes:
        name, label (str): Its name in tables and files, and as people call it.
        unit (str): Unit of its numbers; "1" for counts and shares, empty for words.
        meaning, formula (str): What it is, in a sentence, and how it follows from other columns or from the scenario
            where it does.
    """

    name: str
    label: str
    unit: str
    meaning: str
    formula: str = ""


_TIMES: Mapping[Limit, str] = {
    "arithmetic": "Multiplying and adding, at the speed the GPUs can reach.",
    "memory": "Reading weights and KV cache from GPU memory.",
    "network bandwidth": "Moving data between GPUs.",
    "network latency": "Waiting for the first byte of each exchange between GPUs, however small.",
    "kernel overhead": "Starting the programs on the GPU, a few microseconds each.",
}

FRONTIER_COLUMNS: tuple[Column, ...] = (
    Column(
        "tokens_per_s_user",
        "speed",
        "tokens/s",
        "Tokens per second that one user sees while the answer is written.",
        "1 / tpot_s",
    ),
    Column(
        "usd_per_million_tokens",
        "price",
        "USD",
        "GPU-hours that a million output tokens take, times the price of a GPU-hour.",
        "1e6 · GPU-seconds per output token · price_usd_per_gpu_hour / 3600",
    ),
    Column(
        "usd_per_million_tokens_blended",
        "blended price",
        "USD",
        "The price of a million tokens where prompt tokens count as much as output tokens.",
        "usd_per_million_tokens · output / (prompt + output)",
    ),
    Column(
        "kwh_per_million_tokens",
        "energy",
        "kWh",
        "What the boards of the GPUs draw at full power while a million output tokens are made.",
        "1e6 · GPU-seconds per output token · board_power_w / 3.6e6",
    ),
    Column(
        "tokens_per_s_per_gpu",
        "throughput per GPU",
        "tokens/s/GPU",
        "Output tokens that one GPU makes in a second, for all users together; its work on their prompts is counted.",
        "1 / GPU-seconds per output token",
    ),
    Column(
        "tokens_per_s_per_mw",
        "throughput per megawatt",
        "tokens/s/MW",
        "Output tokens that a megawatt of GPU boards at full power makes in a second; host and cooling come on top.",
        "tokens_per_s_per_gpu · 1e6 / board_power_w",
    ),
    Column("n_gpu", "GPUs", "1", "GPUs of one instance.", "tp · dp_attn · pp = tp_ff · ep · pp"),
    Column(
        "tp",
        "TP",
        "1",
        "Tensor parallelism: every matrix of one copy of attention is cut into this many pieces, one for each GPU.",
        "n_gpu / (dp_attn · pp)",
    ),
    Column(
        "tp_ff",
        "TP of feed-forward",
        "1",
        "Tensor parallelism of the feed-forward layers, or of one expert: pieces of one matrix.",
        "n_gpu / (ep · pp)",
    ),
    Column(
        "pp",
        "PP",
        "1",
        "Pipeline parallelism: the layers are cut into this many stages that work one after another.",
    ),
    Column(
        "ep",
        "EP",
        "1",
        "Expert parallelism: the experts of a mixture-of-experts model are spread over this many groups of GPUs.",
    ),
    Column(
        "dp_attn",
        "DP",
        "1",
        "Data parallelism of attention: this many copies of the attention layers, each for its part of the batch.",
    ),
    Column(
        "batch",
        "batch",
        "1",
        "Sequences that are decoded together. A larger batch shares the reading of the weights, "
        "which makes tokens cheaper and each of them slower.",
    ),
    Column("scheme", "scheme", "", "Tensor parallelism in one dimension or in two.", "1-D or 2-D"),
    Column("draft_tokens", "draft", "tokens", "Tokens drafted in a round; 0 where not speculating."),
    *(Column(name, limit, "s", _TIMES[limit]) for name, limit in FIVE_TIMES.items()),
    Column(
        "tpot_s",
        "TPOT",
        "s",
        "Time per output token: how long one user waits for the next token.",
        " + ".join(FIVE_TIMES),
    ),
    Column(
        "ttft_s",
        "TTFT",
        "s",
        "Time to first token, at the least: the prompt's own work, without queue, tokenising and scheduling. "
        "Measured servers with few users take 2 to 6 times as long for 1,000 tokens, 1.2 to 2.5 times for 8,000.",
    ),
    Column("limit", "limit", "", "Which of the five times is the largest.", f"argmax of {', '.join(FIVE_TIMES)}"),
    Column("weight_bytes_per_gpu", "weights", "B", "Weights that one GPU holds."),
    Column(
        "kv_bytes_per_gpu",
        "KV cache",
        "B",
        "Keys and values of all earlier tokens, kept in GPU memory so that they are not computed again.",
    ),
    Column(
        "workspace_bytes_per_gpu",
        "workspace",
        "B",
        "Activations and logits, the draft where there is one, and the 8% that servers leave to the driver.",
    ),
    Column("hbm_bytes_per_gpu", "HBM", "B", "The memory of a GPU, which holds the weights and the KV cache."),
    Column(
        "mfu",
        "MFU",
        "1",
        "Model FLOP utilisation: the part of the GPUs' peak arithmetic that does useful work.",
        "FLOP per token · batch / (n_gpu · peak FLOP/s · tpot_s)",
    ),
    Column(
        "mbu",
        "MBU",
        "1",
        "Memory bandwidth utilisation: the part of the GPUs' peak memory bandwidth that does useful work.",
        "bytes read per token / (n_gpu · peak B/s · tpot_s)",
    ),
)
COLUMNS: Mapping[str, Column] = MappingProxyType({column.name: column for column in FRONTIER_COLUMNS})
