"""Where the time of one token goes."""

import math
from typing import Annotated, Literal, get_args

from pydantic import AllowInfNan

from infecon_core.schema.record import Record

Limit = Literal["arithmetic", "memory", "network bandwidth", "network latency", "kernel overhead"]

# A number that some engines do not know: NaN there.
Unknown = Annotated[float, AllowInfNan(True)]

# The five times in the order in which everything lists them, by column.
FIVE_TIMES: dict[str, Limit] = {limit.replace(" ", "_") + "_s": limit for limit in get_args(Limit)}


class Times(Record):
    """The five times of one token on the critical path. [s]"""

    arithmetic_s: float
    memory_s: float
    network_bandwidth_s: float
    network_latency_s: float
    kernel_overhead_s: float

    @property
    def total_s(self) -> float:
        """Their sum. [s]"""
        return sum(float(getattr(self, name)) for name in FIVE_TIMES)

    @property
    def limit(self) -> Limit:
        """The largest of the five."""
        return FIVE_TIMES[max(FIVE_TIMES, key=lambda name: float(getattr(self, name)))]


class Operator(Times):
    """What one operator adds to the five times. [s]

    Args:
        name (str): What it is.
        group (str): Whose layers; empty where the engine does not tell layers apart.
    """

    name: str
    group: str = ""


class Step(Times):
    """The breakdown of one point.

    Args:
        operators (tuple of Operator): Their times sum to the five times.
        n_gpu, batch (float): GPUs and sequences of the instance. [1]
        idle_gpus (float): GPUs of its servers that it leaves idle and pays for; NaN where the engine has no servers.
            [1]
        draft_tokens (int): Drafted tokens a round; 0 without speculation. [tokens]
        ttft_s, end_to_end_s (float): Time to first token and to the last; NaN where the engine computes no prompts. [s]
        usd_per_million_tokens, usd_per_million_tokens_blended (float): Price of a million output tokens, and of a
            million of any kind; the latter NaN without prompts. [USD]
        kwh_per_million_tokens, kwh_per_million_tokens_drawn (float): Energy of a million output tokens with boards at
            full power, and about as they draw it; NaN where that is not known. [kWh]
        power_share (float): What boards draw of their full power, about; NaN where that is not known. [1]
        tokens_per_s_per_gpu, tokens_per_s_per_mw, tokens_per_s_per_mw_drawn (float): Output tokens per second of one
            GPU, of a megawatt of boards at full power, and of a megawatt drawn; the latter two NaN where that is not
            known. [tokens/s/GPU], [tokens/s/MW]
        weight_bytes_per_gpu, kv_bytes_per_gpu, workspace_bytes_per_gpu, hbm_bytes_per_gpu (float): Weights, cache and
            workspace (reserve and draft with it) of one GPU as the capacity check counts them, and its memory; NaN
            where the engine does not count it. [B]
        mfu, mbu (float): Model FLOP and memory bandwidth utilisation, of the peaks. [1]
    """

    operators: tuple[Operator, ...]
    n_gpu: float
    idle_gpus: Unknown = math.nan
    batch: float
    draft_tokens: int
    ttft_s: Unknown = math.nan
    end_to_end_s: Unknown = math.nan
    usd_per_million_tokens: float
    usd_per_million_tokens_blended: Unknown = math.nan
    kwh_per_million_tokens: Unknown = math.nan
    kwh_per_million_tokens_drawn: Unknown = math.nan
    power_share: Unknown = math.nan
    tokens_per_s_per_gpu: Unknown = math.nan
    tokens_per_s_per_mw: Unknown = math.nan
    tokens_per_s_per_mw_drawn: Unknown = math.nan
    weight_bytes_per_gpu: float
    kv_bytes_per_gpu: float
    workspace_bytes_per_gpu: Unknown = math.nan
    hbm_bytes_per_gpu: float
    mfu: float
    mbu: float

    @property
    def tpot_s(self) -> float:
        """Time per output token of one user. [s]"""
        return self.total_s
