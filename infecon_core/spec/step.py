"""Where the time of one token goes."""

from typing import Literal, get_args

from infecon_core.spec.noun import Noun

Limit = Literal["arithmetic", "memory", "network bandwidth", "network latency", "kernel overhead"]

# The five times in the order in which everything lists them, by column.
FIVE_TIMES: dict[str, Limit] = {limit.replace(" ", "_") + "_s": limit for limit in get_args(Limit)}


class Times(Noun):
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

    Parameters
    ----------
    name : str
        What it is.
    group : str
        Whose layers; empty where the engine does not tell layers apart.
    """

    name: str
    group: str = ""


class Step(Times):
    """The decomposition of one point.

    Parameters
    ----------
    operators : tuple of Operator
        Their times sum to the five times.
    draft_tokens : int
        Drafted tokens a round; 0 without speculation. [tokens]
    weight_bytes_per_gpu, kv_bytes_per_gpu, workspace_bytes_per_gpu, hbm_bytes_per_gpu : float
        Weights, cache and workspace (reserve and draft with it) of one GPU as the capacity check counts them, and
        its memory. [B]
    mfu, mbu : float
        Model FLOP and model bandwidth utilisation, of the peaks. [1]
    """

    operators: tuple[Operator, ...]
    draft_tokens: int
    weight_bytes_per_gpu: float
    kv_bytes_per_gpu: float
    workspace_bytes_per_gpu: float = 0.0
    hbm_bytes_per_gpu: float
    mfu: float
    mbu: float

    @property
    def tpot_s(self) -> float:
        """Time per output token of one user. [s]"""
        return self.total_s
