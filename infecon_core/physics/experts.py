"""Which share of the experts of a layer a batch of tokens touches, and how many of them one GPU holds.

Source: independent draws as in Erdil 2025, arXiv:2506.04645; the exponent for correlated routing is
`routing_exponent` of data/calibration/serving.toml. Redundant experts as in DeepSeek-V3, arXiv:2412.19437, section 3.4.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from infecon_core.physics.deployment import Deployment, Shards
from infecon_core.schema import MixtureOfExperts, ServingConstants

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ExpertRouting:
    """How tokens choose: E experts, the k that one token passes, and the exponent x of correlated choices. [1]"""

    num_experts: int
    num_experts_per_tok: int
    exponent: float

    def touched_share(self, tokens: npt.ArrayLike) -> Array:
        """Share of the experts that t tokens touch. [1]

        For x = 1 the expectation when every token draws k of E experts, all equally likely. The tokens of a batch
        are alike and touch fewer; x < 1 (`routing_exponent` of the constants, not fitted) counts them as t^x.

        Equation:
            u = 1 - (1 - k/E)^(t^x)

        Where:
            k (self.num_experts_per_tok): Experts that a token passes. [1]
            E (self.num_experts): Experts of a layer. [1]
            x (self.exponent): Exponent of correlated choices. [1]

        Args:
            tokens (array_like): Tokens t of one pass, from 0; fractions interpolate. [tokens]

        Returns:
            array: From 0 to 1; 1 where every token passes all experts. [1]

        Examples:
            Two tokens that each pass 8 of 256 experts: 1 - (31/32)² = 63/1024.

            >>> round(float(ExpertRouting(256, 8, 1.0).touched_share(2)) * 1024, 6)
            63.0
        """
        t = np.asarray(tokens, dtype=np.float64)
        if self.num_experts_per_tok >= self.num_experts:
            return np.ones_like(t)
        return np.asarray(-np.expm1(t**self.exponent * np.log1p(-self.num_experts_per_tok / self.num_experts)))


def routing_of(layer: MixtureOfExperts, constants: ServingConstants) -> ExpertRouting:
    """The routing of one mixture-of-experts layer."""
    return ExpertRouting(layer.num_experts, layer.num_experts_per_tok, constants.routing_exponent)


def expert_routings(deployment: Deployment) -> tuple[ExpertRouting, ...]:
    """The different routings of a model's layers, in their order; empty for a dense model."""
    found = (
        routing_of(group.feed_forward, deployment.constants)
        for group in deployment.architecture.layer_groups
        if isinstance(group.feed_forward, MixtureOfExperts)
    )
    return tuple(dict.fromkeys(found))


def expert_slots(layer: MixtureOfExperts, shards: Shards) -> Array:
    """Experts of one layer that one of a stage's G GPUs holds. [1]

    With one copy of attention every expert is cut over the G GPUs. Beside several copies experts are whole, and all
    GPUs hold as many: where G does not divide E, G·⌈E/G⌉ - E places hold a second copy of some expert.

    Equation:
        s = E/G, with one copy of attention
        s = ⌈E/G⌉, beside several copies

    Where:
        E (layer.num_experts): Experts of the layer. [1]
        G (shards.gpus): GPUs of a stage. [1]

    Args:
        layer (MixtureOfExperts): Its E experts.
        shards (Shards): Layouts.

    Returns:
        array: Of the layouts' length. Every place is taken to be touched as often as an expert, copies too, although
            two copies share its tokens: what the fullest GPU reads of a redundant layer is an upper bound. [1]

    Examples:
        DeepSeek V3's 256 experts on 144 GPUs, as its makers serve it: two each, 288 places for 32 redundant ones.

        >>> from infecon_core import catalog
        >>> layer = catalog.model("deepseek-v3").architecture.layer_groups[-1].feed_forward
        >>> g, one = np.array([64.0, 144.0]), np.ones(2)
        >>> expert_slots(layer, Shards(one, g, g, one))
        array([4., 2.])
    """
    each = layer.num_experts / shards.gpus
    return np.asarray(np.where(shards.dp_attn > 1, np.ceil(each), each))
