"""What every engine says of the setups of which a deployment may be made: how much one answers, and how soon."""

from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Setups:
    """Layouts, each at several loads, as arrays of one length; setups of a layout stand together, loads ascending.

    A batch B are the sequences that hold a place in an instance. Whoever finds no place waits for one, and then for the
    prompts before its own.

    Attributes:
        layout (array of int): Which layout each is of, counted from 0.
        n_gpu, tp, pp, ep, dp_attn (array): Its degrees. [1]
        paid_gpus (array): GPUs that an instance pays for. [1]
        batch (array): B. [1]
        draft_tokens (array): Draft length; 0 where not speculating. [tokens]
        tpot_s (array): Time per output token at this load. [s]
        requests_per_s (array): Requests that an instance answers in a second with B at work. [1/s]
        first_s (array): By length of requests and setup: time to first token of those who wait for nobody; NaN where
            the engine computes none. [s]
        prompt_load (array): Share of its time in which a copy of attention works on prompts; of instances of their own
            for prompts 0 until their number is known (`with_prompt_instances`). [1]
        prompt_servers (array): Copies that take prompts from one queue: 1 where each has its own. [1]
        prompt_s (array): By length and setup: time for which a prompt keeps others of its queue's copy waiting. [s]
        places (array): Sequences that the instance holds at most. [1]
        full_requests_per_s (array): Requests that it answers in a second with all of them at work. [1/s]
        elasticity (array): By how many percent one percent more sequences answer more requests, d ln R/d ln B. [1]
        held_s (array): By length and setup: time for which a request holds its place. [s]
        prompt_instances_s (array): Time that a request takes of instances of their own for prompts; 0 where the same
            GPUs do both. [s]
        power_share (array): What a board draws of its full power; NaN where unknown. [1]
    """

    layout: Indices
    n_gpu: Array
    tp: Array
    pp: Array
    ep: Array
    dp_attn: Array
    paid_gpus: Array
    batch: Array
    draft_tokens: Array
    tpot_s: Array
    requests_per_s: Array
    first_s: Array
    prompt_load: Array
    prompt_servers: Array
    prompt_s: Array
    places: Array
    full_requests_per_s: Array
    elasticity: Array
    held_s: Array
    prompt_instances_s: Array
    power_share: Array

    def take(self, rows: Indices | npt.NDArray[np.bool_]) -> "Setups":
        """Some of them."""
        return Setups(**{field.name: getattr(self, field.name)[..., rows] for field in fields(self)})

    @property
    def size(self) -> int:
        """How many they are."""
        return self.layout.size

    def with_prompt_instances(self, requests_per_s: Array, instances: Array | float) -> "Setups":
        """The same with so many instances for prompts alone, which take them from one queue, each by the layout's copy.

        Args:
            requests_per_s (array): Requests of the whole deployment, by setup. [1/s]
            instances (array or float): For prompts; at least one where prompts have their own. [1]
        """
        own = self.prompt_instances_s > 0
        count = np.where(own, np.maximum(instances, 1.0), 1.0)
        return replace(
            self,
            prompt_load=np.where(
                own, np.minimum(requests_per_s * self.prompt_instances_s / count, 1.0), self.prompt_load
            ),
            prompt_servers=np.where(own, count * self.dp_attn, self.prompt_servers),
        )

    def of_layout(self, layout: int) -> "Setups":
        """Those of one layout."""
        return self.take(self.layout == layout)
