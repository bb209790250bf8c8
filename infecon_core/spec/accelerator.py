"""One accelerator: dense peaks, memory, links, price."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from infecon_core.spec.noun import Noun, Positive
from infecon_core.spec.precision import FORMAT_BITS, Format


class Peaks(Noun):
    """Dense arithmetic peaks by format; None where the chip has no such path. [FLOP/s]"""

    bf16: Positive | None = None
    fp16: Positive | None = None
    fp8: Positive | None = None
    int8: Positive | None = None
    fp4: Positive | None = None
    int4: Positive | None = None

    @model_validator(mode="after")
    def _some_peak(self) -> "Peaks":
        if not any(self.of_bits(bits) for bits in (16, 8, 4)):
            raise ValueError("an accelerator needs at least one arithmetic peak; give its BF16 or FP16 rate in FLOP/s")
        return self

    def of(self, name: Format) -> float | None:
        """Peak of one format. [FLOP/s]"""
        peak: float | None = getattr(self, name)
        return peak

    def of_bits(self, bits: int) -> float | None:
        """The highest peak among the formats of one width. [FLOP/s]"""
        return max(
            (peak for name in FORMAT_BITS if FORMAT_BITS[name] == bits and (peak := self.of(name))), default=None
        )


class Accelerator(Noun):
    """What a datasheet and a price list say about one accelerator.

    Parameters
    ----------
    name : str
        What people call it.
    peaks : Peaks
        Dense arithmetic peaks. [FLOP/s]
    hbm_bytes, hbm_bytes_per_s : float
        Memory and its peak bandwidth. [B], [B/s]
    scale_up_bytes_per_s : float or None
        Bandwidth of one GPU in one direction inside the scale-up domain; None where there is no such link. [B/s]
    scale_up_domain : int
        Accelerators that the fast links join (the paper's node size). [1]
    scale_out_bytes_per_s : float or None
        Bandwidth of one GPU in one direction between domains; None where there is no such link. [B/s]
    topology : str
        `switched` (NVLink, xGMI, Ethernet; NCCL-like collectives) or `torus` (TPU-like rings).
    listed_widths_only : bool
        Refuse weights narrower than any rate listed at their width, as the paper's reproduction does, instead of
        computing them at the next wider one.
    price_usd_per_gpu_hour : float
        Rent. [USD/h]
    board_power_w : float or None
        Board power. [W]
    year : int or None
        Year of release.
    stack : str
        Software: `cuda`, `rocm` or `other`.
    allreduce_latency_s, allreduce_latency_s_per_rank : float
        Latency of a small all-reduce of two ranks by an engine's own kernel, and what every further rank adds. [s]
    arithmetic_cap, bandwidth_cap, kernel_launch_s
        The published model's constants: shares of the arithmetic and bandwidth peaks that can be reached [1],
        and the time to launch one kernel. [s]
    """

    name: str = Field(min_length=1, max_length=80)
    peaks: Peaks
    hbm_bytes: Positive
    hbm_bytes_per_s: Positive
    scale_up_bytes_per_s: Positive | None = None
    scale_up_domain: Annotated[int, Field(ge=1, le=100_000)] = 1
    scale_out_bytes_per_s: Positive | None = None
    topology: Literal["switched", "torus"] = "switched"
    listed_widths_only: bool = False
    price_usd_per_gpu_hour: Annotated[float, Field(gt=0, le=10_000)]
    board_power_w: Annotated[float, Field(gt=0, le=100_000)] | None = None
    year: Annotated[int, Field(ge=1990, le=2100)] | None = None
    stack: Literal["cuda", "rocm", "other"] = "cuda"
    allreduce_latency_s: Annotated[float, Field(ge=0, le=1)] = 8e-6
    allreduce_latency_s_per_rank: Annotated[float, Field(ge=0, le=1)] = 0.0
    arithmetic_cap: Annotated[float, Field(gt=0, le=1)] = 0.7
    bandwidth_cap: Annotated[float, Field(gt=0, le=1)] = 0.75
    kernel_launch_s: Annotated[float, Field(ge=0, le=1)] = 4e-6

    @model_validator(mode="after")
    def _links_agree(self) -> "Accelerator":
        if self.scale_up_domain > 1 and self.scale_up_bytes_per_s is None:
            raise ValueError(
                f"a scale-up domain of {self.scale_up_domain} needs a scale-up bandwidth; "
                "give it in bytes/s, or set the domain to 1"
            )
        return self
