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
        "GPU-hours that a million output tokens take, those of idle GPUs of the same servers included, times the price "
        "of a GPU-hour.",
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
        "energy at full power",
        "kWh",
        "What the boards of the GPUs take at full power while a million output tokens are made: the upper end. Host, "
        "network and cooling come on top.",
        "1e6 · GPU-seconds per output token · board_power_w / 3.6e6",
    ),
    Column(
        "kwh_per_million_tokens_drawn",
        "energy",
        "kWh",
        "What the boards of the GPUs draw for a million output tokens: an estimate, commonly within 30%, from boards "
        "measured while they served. Host, network and cooling come on top.",
        "kwh_per_million_tokens · power_share",
    ),
    Column(
        "power_share",
        "share of board power",
        "1",
        "What a board draws of its full power, about: more while it computes, reads memory or moves data than while it "
        "waits. Unknown for software whose boards were not measured.",
        "waiting + (working - waiting) · (arithmetic_s + memory_s + network_bandwidth_s) / tpot_s",
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
        "Output tokens that a megawatt of GPU boards at full power makes in a second: the lower end. Host, network and "
        "cooling come on top.",
        "tokens_per_s_per_gpu · 1e6 / board_power_w",
    ),
    Column(
        "tokens_per_s_per_mw_drawn",
        "throughput per megawatt drawn",
        "tokens/s/MW",
        "The same of a megawatt that boards draw, about: boards that serve draw less than their full power.",
        "tokens_per_s_per_mw / power_share",
    ),
    Column("n_gpu", "GPUs", "1", "GPUs of one instance.", "tp · dp_attn · pp = tp_ff · ep · pp"),
    Column(
        "idle_gpus",
        "idle GPUs",
        "1",
        "GPUs that an instance leaves idle in its servers and pays for besides its own; a share of them where several "
        "instances stand in one server.",
    ),
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
    Column(
        "beyond_measured",
        "beyond what was measured",
        "",
        "Why no measurement is like this setup: its batch, its GPUs or its kind of layout; empty where some are.",
    ),
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
        "Mean time to first token under this load: what the server adds, the running step, the queue, the prompt. "
        "An estimate: half of those for models not fitted lie within 30% of measured ones, and with SGLang it took "
        "about twice as long. With copies of attention, of which few were measured, half are off by more than a third. "
        "A lower bound, the prompt's own work, where prompts have GPUs of their own.",
    ),
    Column(
        "end_to_end_s",
        "request time",
        "s",
        "Time from a request to its last token.",
        "ttft_s + (output - 1) · tpot_s",
    ),
    Column("limit", "limit", "", "Which of the five times is the largest.", f"argmax of {', '.join(FIVE_TIMES)}"),
    Column("weight_bytes_per_gpu", "weights", "B", "Weights that one GPU holds."),
    Column(
        "kv_bytes_per_gpu",
        "KV cache",
        "B",
        "Room for the keys and values of all tokens of all requests at their full length, prompt and output, so that "
        "none must be put off or computed again.",
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
        "Model FLOP utilisation: the part of the GPUs' peak arithmetic that does useful work, each product at the peak "
        "of the format that computes it.",
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
