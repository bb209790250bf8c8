"""One accelerator: dense peaks, memory, links, price."""

from typing import Annotated, Any, Literal

from pydantic import model_validator

from infecon_core.schema.field import about
from infecon_core.schema.precision import FORMAT_BITS, Format
from infecon_core.schema.record import Name, Record

# Bounds of hardware that can be imagined: a hundred times what there is, and less than what anybody still uses.
_MEMORY: dict[str, Any] = {"unit": "B", "shown": "GB", "per_shown": 1e9, "ge": 1e8, "le": 1e14}
_BANDWIDTH: dict[str, Any] = {"unit": "B/s", "shown": "TB/s", "per_shown": 1e12, "ge": 1e10, "le": 1e15}
_LINK: dict[str, Any] = {"unit": "B/s", "shown": "GB/s, one direction", "per_shown": 1e9, "ge": 1e8, "le": 1e14}
_SHARE: dict[str, Any] = {"unit": "1", "ge": 0.01, "le": 1}
_MICROSECONDS: dict[str, Any] = {"unit": "s", "shown": "µs", "per_shown": 1e-6, "ge": 0, "le": 0.01}
# What only one engine reads, and few people change, stands among the constants.
_LATENCY: dict[str, Any] = {**_MICROSECONDS, "section": "constants", "only": "serving"}
_PUBLISHED: dict[str, Any] = {"section": "constants", "only": "published"}


def _peak(name: Format) -> Any:
    help = f"Dense {name.upper()} arithmetic, without sparsity; empty where the chip has no such path."
    return about(
        f"{name.upper()} peak", help, unit="FLOP/s", shown="TFLOP/s", per_shown=1e12, ge=1e11, le=1e19, usual=1e15
    )


class Peaks(Record):
    """Dense arithmetic peaks by format; None where the chip has no such path. [FLOP/s]"""

    bf16: Annotated[float | None, _peak("bf16")] = None
    fp16: Annotated[float | None, _peak("fp16")] = None
    fp8: Annotated[float | None, _peak("fp8")] = None
    int8: Annotated[float | None, _peak("int8")] = None
    fp4: Annotated[float | None, _peak("fp4")] = None
    int4: Annotated[float | None, _peak("int4")] = None

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


class Accelerator(Record):
    """What a datasheet and a price list say about one accelerator."""

    name: Name
    peaks: Annotated[Peaks, about("Peaks", "Dense arithmetic peaks by format.")]
    hbm_bytes: Annotated[float, about("HBM", "Memory of one GPU, for weights and KV cache.", **_MEMORY, link="a_hbm")]
    hbm_bytes_per_s: Annotated[
        float, about("HBM bandwidth", "Peak rate at which one GPU reads its memory.", **_BANDWIDTH, link="a_bandwidth")
    ]
    scale_up_bytes_per_s: Annotated[
        float | None,
        about(
            "Scale-up link",
            "NVLink and the like, of one GPU; empty where there is none.",
            **_LINK,
            usual=4.5e11,
            link="a_scaleup",
        ),
    ] = None
    scale_up_domain: Annotated[
        int,
        about(
            "Scale-up domain",
            "GPUs that the fast links join.",
            unit="1",
            shown="GPUs",
            ge=1,
            le=2**16,
            link="a_domain",
        ),
    ] = 1
    node_gpus: Annotated[
        int | None,
        about(
            "Server",
            "GPUs of one server, which are paid for together; empty for the scale-up domain, 8 at the most.",
            unit="1",
            shown="GPUs",
            ge=1,
            le=2**16,
            usual=8,
            link="a_server",
            only="serving",
        ),
    ] = None
    scale_out_bytes_per_s: Annotated[
        float | None,
        about(
            "Scale-out link",
            "Network between domains, of one GPU; empty where there is none.",
            **_LINK,
            usual=5e10,
            link="a_scaleout",
        ),
    ] = None
    topology: Annotated[
        Literal["switched", "torus"],
        about(
            "Topology", "Switched links (NVLink, Ethernet; NCCL-like collectives) or a torus (TPU rings).", link=None
        ),
    ] = "switched"
    listed_widths_only: Annotated[
        bool,
        about(
            "Listed widths only",
            "Refuse weights narrower than any rate listed at their width, as the paper's reproduction does, instead "
            "of computing them at the next wider one.",
            link=None,
        ),
    ] = False
    price_usd_per_gpu_hour: Annotated[
        float,
        about(
            "Price",
            "What one GPU costs for one hour, busy or idle.",
            unit="USD/h",
            shown="USD per GPU-hour",
            ge=0.001,
            le=10_000,
            link="price",
            flag="--price",
        ),
    ]
    board_power_w: Annotated[
        float | None,
        about(
            "Board power",
            "Energy follows from it; the price does not.",
            unit="W",
            ge=1,
            le=100_000,
            usual=700,
            link="a_power",
        ),
    ] = None
    year: Annotated[int | None, about("Year", "Year of release.", unit="year", ge=1990, le=2100, link=None)] = None
    stack: Annotated[Literal["cuda", "rocm", "other"], about("Software", "The maker's software.", link=None)] = "cuda"
    allreduce_latency_s: Annotated[
        float,
        about(
            "All-reduce latency",
            "Latency of a small all-reduce of two ranks by an engine's own kernel.",
            **_LATENCY,
            link="a_latency",
        ),
    ] = 8e-6
    allreduce_latency_s_per_rank: Annotated[
        float,
        about(
            "All-reduce latency per rank",
            "What every rank beyond two adds to the latency of a small all-reduce.",
            **_LATENCY,
            link="a_ranklatency",
        ),
    ] = 0.0
    arithmetic_cap: Annotated[
        float,
        about(
            "Arithmetic cap", "Share of the arithmetic peak that can be reached.", **_SHARE, **_PUBLISHED, link="acap"
        ),
    ] = 0.7
    bandwidth_cap: Annotated[
        float,
        about(
            "Bandwidth cap", "Share of the memory bandwidth that can be reached.", **_SHARE, **_PUBLISHED, link="bcap"
        ),
    ] = 0.75
    kernel_launch_s: Annotated[
        float,
        about(
            "Kernel launch",
            "Time that every kernel costs before it starts.",
            **_MICROSECONDS,
            **_PUBLISHED,
            link="launch",
        ),
    ] = 4e-6

    @model_validator(mode="after")
    def _links_agree(self) -> "Accelerator":
        if self.scale_up_domain > 1 and self.scale_up_bytes_per_s is None:
            raise ValueError(
                f"a scale-up domain of {self.scale_up_domain} needs a scale-up bandwidth; "
                "give it in bytes/s, or set the domain to 1"
            )
        return self
