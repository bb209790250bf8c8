"""A simulation of one instance, event by event: what the formulas of waits and times are checked against.

Requests come independently of each other (exponential times between them), each of a random length. Whoever finds no
free place waits for one in turn. A request with a place queues, in turn, for its copy of attention, which works on one
prompt at a time; then it decodes. All sequences that decode go on at the speed of the number that hold a place just
then, and not at that of the mean load, as the formulas have it.

What it shares with the formulas are the times of steps and of prompts: those are the engine's, and only their
consequences are simulated.
"""

import heapq
import math
from collections import deque
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from infecon_core import engines
from infecon_core.analysis.planner.plan import at_load, between, plan
from infecon_core.scenario import Scenario
from infecon_core.schema.requirements import Requirements
from infecon_core.schema.traffic import Traffic
from infecon_core.setups import Setups

Array = npt.NDArray[np.float64]

# Requests that are counted: at least so many, and so many times as many as hold a place at once; and those before them,
# which fill an instance that begins empty.
REQUESTS, LIVES, WARM_UP_LIVES = 20_000, 20, 8
# Of prompts with instances of their own at least so many.
PROMPTS = 200_000


@dataclass(frozen=True)
class Simulated:
    """What came of a simulation beside what the formula says, at one percentile.

    Attributes:
        requests_per_s (float): Load of the instance. [1/s]
        requests (int): That were counted. [1]
        first_token_s, formula_first_token_s (float): [s]
        end_to_end_s, formula_end_to_end_s (float): [s]
        held, formula_held (float): Mean number of places that are held. [1]
    """

    requests_per_s: float
    requests: int
    first_token_s: float
    formula_first_token_s: float
    end_to_end_s: float
    formula_end_to_end_s: float
    held: float
    formula_held: float

    @property
    def first_token_error(self) -> float:
        """How much longer than simulated the formula says: formula/simulated - 1. [1]"""
        return self.formula_first_token_s / self.first_token_s - 1


def simulate(
    setups: Setups,
    traffic: Traffic,
    requirements: Requirements,
    requests_per_s: float,
    seed: int = 1,
    instances: int = 1,
    prompt_instances: int = 0,
) -> Simulated:
    """Simulate one instance of a layout, and set beside it what the formulas say.

    Args:
        setups (Setups): Of one layout, loads ascending; of an engine that knows times to first token.
        traffic (Traffic): The requests.
        requirements (Requirements): The percentile counts.
        requests_per_s (float): Load of the instance. [1/s]
        seed (int): Of the random numbers; the same seed gives the same answer.
        instances, prompt_instances (int): Of the deployment: so many send their prompts to so many for prompts alone.
            [1]
    """
    asked = requirements.model_copy(update={"demand_unit": "requests_per_s"})
    formula = at_load(setups, asked, traffic, requests_per_s, instances, prompt_instances)
    row = between(setups, setups.requests_per_s, requests_per_s)
    held = float(row.batch[0])
    random = np.random.default_rng(seed)
    instance = _Instance(setups, row, traffic, random)
    counted, first = max(REQUESTS, math.ceil(LIVES * held)), math.ceil(WARM_UP_LIVES * held)
    found = instance.run(first, counted)
    # The step that runs and the prompt's own work are no part of the queue: as the engine has them at this load.
    first_token = row.first_s[found.length, 0] + found.waited_s
    if prompt_instances:
        # What an instance gets of the prompts that are ready comes as independently as the requests did.
        waits_s = _waits_for_prompts(row, traffic, instances * requests_per_s, prompt_instances, random)
        first_token = first_token + random.choice(waits_s, first_token.size)
    whole = first_token + found.decoded_s
    quantile = requirements.percentile / 100
    return Simulated(
        requests_per_s,
        counted,
        float(np.quantile(first_token[first:], quantile)),
        formula.first_token_s,
        float(np.quantile(whole[first:], quantile)),
        formula.end_to_end_s,
        found.held,
        held,
    )


def simulated_plan(scenario: Scenario, requirements: Requirements, traffic: Traffic) -> Simulated:
    """One instance of the plan of a scenario, simulated at its peak.

    Raises:
        ValueError: Where there is no plan.
    """
    setups = engines.setups(scenario, traffic)
    made = plan(scenario, requirements, traffic, setups)
    if made is None:
        raise ValueError("No setup keeps the limits: there is nothing to simulate.")
    own = setups.of_layout(int(made.setup.layout[0]))
    of = {"instances": made.instances, "prompt_instances": made.prompt_instances}
    return simulate(own, traffic, requirements, made.peak.requests_per_s, **of)


def _waits_for_prompts(
    row: Setups, traffic: Traffic, requests_per_s: float, instances: int, random: np.random.Generator
) -> Array:
    """How long each of many prompts waits in the one queue of the instances for prompts. [s]

    Args:
        row (Setups): The layout, one row.
        traffic (Traffic): The requests.
        requests_per_s (float): Of the whole deployment. [1/s]
        instances (int): For prompts. [1]
        random (Generator): Of random numbers.
    """
    servers = instances * max(int(row.dp_attn[0]), 1)
    first = WARM_UP_LIVES * servers
    count = first + max(PROMPTS, LIVES * servers)
    arrival = np.cumsum(random.exponential(1 / requests_per_s, count)).tolist()
    length = random.choice(len(traffic.shares), count, p=np.array(traffic.shares))
    # A copy is as busy as the engine says, as in an instance that does both.
    busy_s = float(row.prompt_instances_s[0]) * max(int(row.dp_attn[0]), 1)
    counted_s = float(np.dot(traffic.shares, row.prompt_s[:, 0]))
    work_s = (row.prompt_s[:, 0] * busy_s / counted_s)[length].tolist()
    free = [0.0] * servers
    waited = np.empty(count)
    for one, (comes, works) in enumerate(zip(arrival, work_s, strict=True)):
        begins = max(comes, free[0])
        waited[one] = begins - comes
        heapq.heapreplace(free, begins + works)
    return waited[first:]


class _Instance:
    """One instance and its requests.

    Decoding is counted in tokens that every sequence gains: a sequence that begins at v and has n tokens to go ends
    when that count has come to v + n, however fast it runs.
    """

    def __init__(self, setups: Setups, row: Setups, traffic: Traffic, random: np.random.Generator) -> None:
        """An instance of a layout.

        Args:
            setups (Setups): The layout at its loads, ascending.
            row (Setups): At the mean load.
            traffic (Traffic): The requests.
            random (Generator): Of random numbers.
        """
        self.places = int(row.places[0])
        # Time per token by the number of places that are held. [s]
        self.tpot_s = np.interp(np.arange(self.places + 1), setups.batch, setups.tpot_s).tolist()
        self.copies = max(int(row.dp_attn[0]), 1)
        self.traffic, self.requests_per_s, self.random = traffic, float(row.requests_per_s[0]), random
        each = row.prompt_s[:, 0]
        busy_s = float(row.prompt_load[0]) * self.copies / self.requests_per_s
        counted_s = float(np.dot(traffic.shares, each))
        # A copy works on a prompt for so long that it is as busy as the engine says; what others wait for is counted
        # longer than that of mixtures of experts, in the engine and so here.
        self.work_s = each * (busy_s / counted_s if counted_s else 0.0)
        self.counted = counted_s / busy_s if busy_s else 1.0

    def run(self, first: int, counted: int) -> "_Record":
        """Let so many requests come, of which the first fill the instance."""
        requests = first + counted
        random, shares = self.random, np.array(self.traffic.shares)
        length = random.choice(shares.size, requests, p=shares)
        arrival = np.cumsum(random.exponential(1 / self.requests_per_s, requests))
        copy = random.integers(self.copies, size=requests).tolist()
        tokens = np.array([one.answer_tokens for one in self.traffic.lengths], dtype=np.float64)[length].tolist()
        work_s = self.work_s[length].tolist()
        comes, began, ended = arrival.tolist(), np.zeros(requests), np.zeros(requests)
        prompted = np.zeros(requests)
        queues: list[deque[int]] = [deque() for _ in range(self.copies)]
        busy, waiting = [False] * self.copies, deque[int]()
        working: list[tuple[float, int]] = []
        decoding: list[tuple[float, int]] = []
        now, gained, held, area, coming = 0.0, 0.0, 0, 0.0, 0
        while coming < requests or working or decoding:
            step_s = self.tpot_s[held]
            arrives = comes[coming] if coming < requests else math.inf
            reads = working[0][0] if working else math.inf
            ends = now + (decoding[0][0] - gained) * step_s if decoding else math.inf
            then = min(arrives, reads, ends)
            gained += (then - now) / step_s
            area += held * (then - now) if first <= coming < requests else 0.0
            now = then
            if then == ends:
                _, one = heapq.heappop(decoding)
                ended[one] = now
                held -= 1
                # A place is free: the copy that has waited for one longest begins.
                free = [waiting.popleft()] if waiting else []
            elif then == reads:
                _, one = heapq.heappop(working)
                prompted[one] = now
                heapq.heappush(decoding, (gained + tokens[one], one))
                busy[copy[one]] = False
                free = [copy[one]]
            else:
                queues[copy[coming]].append(coming)
                free = [copy[coming]]
                coming += 1
            for place in free:
                if busy[place] or not queues[place]:
                    continue
                if held == self.places:
                    if place not in waiting:
                        waiting.append(place)
                    continue
                one = queues[place].popleft()
                busy[place] = True
                held += 1
                began[one] = now
                heapq.heappush(working, (now + work_s[one], one))
        return _Record(
            length, self.counted * (began - arrival), ended - prompted, area / (comes[-1] - comes[first - 1])
        )


class _Record(NamedTuple):
    """What came of requests, in the order of their coming.

    Attributes:
        length (array of int): Which length each had.
        waited_s, decoded_s (array): How long each waited, and decoded. [s]
        held (float): Mean number of places that were held. [1]
    """

    length: npt.NDArray[np.intp]
    waited_s: Array
    decoded_s: Array
    held: float
