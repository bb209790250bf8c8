"""How many prompts run beside a step, the load that they put on an instance, and how long a prompt waits for others.

Each of d copies of attention takes the prompts of its own C/d users one after another, while the others take theirs:
as an instance takes a prompt in t, a copy takes one in d·t. With 1/d of the requests λ each copy has the load of the
instance, ρ = (λ/d)·(d·t).

Source: the mean wait at a single server with constant service times, ρ/(2(1 - ρ)) of them (Pollaczek-Khinchine formula
for M/D/1), for C/d users who do not queue behind themselves; checked against measured times to first token
(data/measurements/decode.csv).

Percentiles are those of an open queue, to which requests come independently of each other (Poisson): a part of them
waits, and of those the wait is exponential, as it is in heavy traffic (Kingman, "The single server queue in heavy
traffic", 1961). Waits for a place and for prompts are taken as independent of each other. A simulation event by event
checks them (analysis.planner.simulation).
"""

import numpy as np
import numpy.typing as npt
from scipy.special import gammaincc, gammaln

Array = npt.NDArray[np.float64]

# Beyond this load the formula leaves its range: small errors of the load become large ones of the queue. A choice.
LARGEST_LOAD = 0.95
# Requests that a client of a benchmark sends one after another, all clients starting at once; InferenceX and the
# launch scripts of engines send ten a client.
BENCHMARK_WAVES = 10


def prompts_beside(batch: npt.ArrayLike, output_tokens: npt.ArrayLike, tokens: float = 1.0) -> Array:
    """Prompts that an instance works through beside one step. [1]

    Under continuous batching every finished sequence is followed by a prompt, one for each `output` tokens. A sequence
    decodes beside the prompts of the others, not beside its own.

    Equation:
        w = max(B - 1, 0)·s/o

    Where:
        s (tokens): Tokens that a sequence gains with the step. [tokens]
        o (output_tokens): Output of a request. [tokens]

    Args:
        batch (array_like): B, sequences decoding at once. [1]
        output_tokens (array_like): Output of a request, at least 1. [tokens]
        tokens (float): Tokens that a sequence gains with the step, more than one with drafts. [tokens]

    Examples:
        >>> prompts_beside([0.5, 1, 501], 500).tolist()
        [0.0, 0.0, 1.0]
    """
    return np.maximum(np.asarray(batch, dtype=np.float64) - 1, 0) * tokens / np.asarray(output_tokens, dtype=np.float64)


def prompt_load(
    users: npt.ArrayLike, prompt_s: npt.ArrayLike, decoding_s: npt.ArrayLike, largest: float = LARGEST_LOAD
) -> Array:
    """Share of the time in which an instance works on prompts. [1]

    Each of C users asks again when the answer is there, after the prompt's work t and d of decoding. Who queues
    for a place besides is none of them.

    Equation:
        ρ = min(C·t/(d + t), ρ_max)

    Where:
        ρ_max (largest): The largest load that the formula is taken for. [1]

    Args:
        users (array_like): C, those who hold a place in the batch. [1]
        prompt_s (array_like): t, time that one prompt takes of the instance under this load. With more, as where
            prompts are counted that read experts for themselves beside steps in whose time they share them, a longer
            prompt could have less of a load. [s]
        decoding_s (array_like): d = output · TPOT; infinite where a setup does not run. [s]
        largest (float): ρ_max, at most 1. [1]

    Examples:
        >>> float(prompt_load(4, 0.5, 9.5))
        0.2
    """
    c, t, d = (np.asarray(x, dtype=np.float64) for x in (users, prompt_s, decoding_s))
    busy = d + t
    return np.minimum(c * t / np.where(busy > 0, busy, 1.0), largest)


def waiting_prompts(load: npt.ArrayLike, users: npt.ArrayLike) -> Array:
    """Prompts for whose work a prompt waits under steady arrivals. [1]

    Equation:
        q = ρ/(2·(1 - ρ))·max(c - 1, 0)/c

    Args:
        load (array_like): ρ, from 0 and below 1. [1]
        users (array_like): c = C/d of one copy of attention, above 0; one who is alone waits for nobody. [1]

    Examples:
        >>> float(waiting_prompts(0.5, 4)), float(waiting_prompts(0.5, 1))
        (0.375, 0.0)
    """
    rho, c = np.asarray(load, dtype=np.float64), np.asarray(users, dtype=np.float64)
    return np.asarray(rho / (2 * (1 - rho)) * np.maximum(c - 1, 0) / c)


def waiting_from_start(users: npt.ArrayLike, waves: float = BENCHMARK_WAVES) -> Array:
    """What a benchmark adds to the mean wait by starting all its clients at once. [1]

    Only in the first of n waves does each of the c prompts wait for half of the others. Nothing of a median.

    Equation:
        q = max(c - 1, 0)/(2·n)

    Args:
        users (array_like): c = C/d, clients of one copy of attention. [1]
        waves (float): n, requests of one client. [1]

    Examples:
        >>> float(waiting_from_start(21))
        1.0
    """
    return np.asarray(np.maximum(np.asarray(users, dtype=np.float64) - 1, 0) / (2 * waves))


def waiting_s(prompts: npt.ArrayLike, copies: npt.ArrayLike, prompt_s: npt.ArrayLike) -> Array:
    """Time for which a prompt waits for those before it at its copy of attention. [s]

    All that C clients ask for at once, C·t, is done after that time, by however many copies: the mean wait of a
    benchmark's start is (C - d)/(2n)·t. With several stages t is the time of one, and the next prompt enters the first
    stage when the one before has left that. d·t is no less than what a round of d prompts takes, as t counts the
    reading of experts that they share for each of them.

    Equation:
        W = q·d·t

    Args:
        prompts (array_like): q, prompts for whose work the prompt waits. [1]
        copies (array_like): d, copies of attention in a stage. [1]
        prompt_s (array_like): t, time that one prompt takes of the instance. [s]

    Examples:
        >>> float(waiting_s(1.5, 4, 0.25))
        1.5
    """
    return np.asarray(np.asarray(prompts) * np.asarray(copies) * np.asarray(prompt_s))


def prompt_wait_of_waiting_s(
    load: npt.ArrayLike, prompt_s: npt.ArrayLike, variation: npt.ArrayLike = 0.0, servers: npt.ArrayLike = 1.0
) -> Array:
    """Mean wait for prompts of those who wait for some: of one server a share ρ of all. [s]

    The mean over all is ρ times that: the Pollaczek-Khinchine formula of M/G/1. Where several servers work on one
    queue, `waiting_share` says who waits: Erlang's C of as many places, c·ρ of them held.

    Equation:
        W = t·(1 + v)/(2·c·(1 - ρ))
        W without bound where ρ is 1

    Where:
        t (prompt_s): Mean time that a prompt takes of the server that works on it. [s]
        v (variation): c², square of the coefficient of variation of that time. [1]
        c (servers): Servers that take prompts from one queue. [1]

    Args:
        load (array_like): ρ, share of its time in which a server works, from 0 to 1. [1]
        prompt_s (array_like): t, mean time that a prompt takes of the server, such as a copy of attention, that works
            on it. [s]
        variation (array_like): c², square of the coefficient of variation of that time; 0 for prompts of one length.
            [1]
        servers (array_like): c, that take prompts from one queue. [1]

    Examples:
        Half busy with prompts of 0.2 s: half of all wait, 0.2 s on average, and all together 0.1 s, half of a prompt.
        Of two servers that do so, one is free twice as soon.

        >>> prompt_wait_of_waiting_s(0.5, 0.2, 0.0, [1.0, 2.0]).tolist()
        [0.2, 0.1]

    Source: Allen and Cunneen's correction of M/M/c, exact for one server (Allen, "Probability, Statistics, and Queueing
        Theory", 1990).
    """
    rho = np.asarray(load, dtype=np.float64)
    free = np.where(rho < 1, 1 - rho, 1.0)
    mean = np.asarray(prompt_s) * (1 + np.asarray(variation)) / (2 * np.asarray(servers) * free)
    return np.asarray(np.where((rho < 1) | (mean == 0), mean, np.inf))


def variation(values: npt.ArrayLike, shares: npt.ArrayLike) -> Array:
    """Square of the coefficient of variation of values that come in some shares. [1]

    Equation:
        v = Q/M^2 - 1, at least 0
        v = 0, where all are zero

    Where:
        M (mean): Mean, Σ s·x. [unit of x]
        Q (square): Mean of the squares, Σ s·x². [its square]

    Args:
        values (array_like): x, kinds along the first axis.
        shares (array_like): s of each kind, together 1. [1]

    Examples:
        Half 1 and half 3: the mean is 2, that of the squares 5.

        >>> float(variation([1.0, 3.0], [0.5, 0.5]))
        0.25
    """
    x = np.asarray(values, dtype=np.float64)
    mean, square = (np.tensordot(np.asarray(shares, dtype=np.float64), part, axes=1) for part in (x, x**2))
    return np.asarray(np.maximum(square / np.where(mean > 0, mean, 1.0) ** 2 - 1, 0.0) * (mean > 0))


def waiting_share(places: npt.ArrayLike, held: npt.ArrayLike) -> Array:
    """Share of the requests that find all places taken: Erlang's C formula. [1]

    Erlang's B is the share of a Poisson distribution of mean a, cut off at c, that lies on c. All of them where as
    many places are wanted as there are.

    Equation:
        C = B/(1 - a/c·(1 - B))
        C = 1, where as many places are wanted as there are

    Where:
        B (blocked): Erlang's B. [1]
        a (a): Places that are held on average. [1]
        c (c): Places. [1]

    Args:
        places (array_like): c, that an instance has. [1]
        held (array_like): a, that are held on average. [1]

    Examples:
        One place, held half of the time; two, of which one is held (1/3, from Erlang's tables).

        >>> [round(float(x), 4) for x in waiting_share([1, 2, 4], [0.5, 1.0, 4.0])]
        [0.5, 0.3333, 1.0]
    """
    c, a = np.asarray(places, dtype=np.float64), np.asarray(held, dtype=np.float64)
    inside = np.maximum(np.minimum(a, c * (1 - 1e-12)), 1e-300)
    at_most = gammaincc(c + 1, inside)
    blocked = np.exp(c * np.log(inside) - inside - gammaln(c + 1)) / np.where(at_most > 0, at_most, 1.0)
    return np.asarray(np.where(a < c, blocked / (1 - inside / c * (1 - blocked)), 1.0))


def place_waiting_share(
    places: npt.ArrayLike, held: npt.ArrayLike, full_requests_per_s: npt.ArrayLike, requests_per_s: npt.ArrayLike
) -> Array:
    """Share of the requests that find all places taken where more sequences are each slower. [1]

    With ε < 1 the number of places that are held varies by 1/ε more than a Poisson distribution does (of n
    sequences that share the work, P(n) ∝ Π λ/R(k)), and Hayward's approximation takes Erlang's formula with both
    numbers over that.

    Equation:
        P = C(c·ε, a·ε), Erlang's C as in `waiting_share`
        ε = ln(R/λ)/ln(c/a), by how many percent one percent more sequences answer more

    Args:
        places, held (array_like): c and a, as for `waiting_share`. [1]
        full_requests_per_s (array_like): R(c), that are answered with all places taken. [1/s]
        requests_per_s (array_like): λ = R(a), that come. [1/s]

    Source: Fredericks, "Congestion in blocking systems: a simple approximation technique", Bell System Technical
        Journal 59 (1980).
    """
    c, a, full, rate = (np.asarray(x, dtype=np.float64) for x in (places, held, full_requests_per_s, requests_per_s))
    some = (a < c) & (rate < full)
    with np.errstate(divide="ignore", invalid="ignore"):
        elasticity = np.where(some, np.log(full / rate) / np.log(c / np.where(some, a, c / 2)), 1.0)
    return np.where(some, waiting_share(c * elasticity, a * elasticity), 1.0)


def place_wait_of_waiting_s(
    full_requests_per_s: npt.ArrayLike, requests_per_s: npt.ArrayLike, variation: npt.ArrayLike = 0.0
) -> Array:
    """Mean wait for a place of those who wait for one. [s]

    Equation:
        W = (1 + v)/(2·(R - λ))
        W without bound where R is no more than λ

    Where:
        v (variation): c², square of the coefficient of variation. [1]
        R (full_requests_per_s): Requests that are answered with all places taken. [1/s]
        λ (requests_per_s): Requests that come. [1/s]

    Args:
        full_requests_per_s, requests_per_s (array_like): R and λ, as for `place_waiting_share`. [1/s]
        variation (array_like): c², square of the coefficient of variation of the time for which a request holds its
            place. [1]

    Examples:
        4 a second are answered and 3 come: of random lengths (c² = 1) the wait is a second, of equal ones half of it.

        >>> place_wait_of_waiting_s(4.0, 3.0, [1.0, 0.0]).tolist()
        [1.0, 0.5]

    Source: Allen and Cunneen's correction of M/M/c (Allen, "Probability, Statistics, and Queueing Theory", 1990).
    """
    spare = np.asarray(full_requests_per_s, dtype=np.float64) - np.asarray(requests_per_s, dtype=np.float64)
    mean = (1 + np.asarray(variation)) / 2
    return np.asarray(np.where(spare > 0, mean / np.where(spare > 0, spare, 1.0), np.inf))


def slowed_spread(held: npt.ArrayLike, elasticity: npt.ArrayLike) -> Array:
    """By how much the number of others through the life of a request spreads around its mean: standard deviation. [1]

    The number of those that hold a place has the mean a and the variance a/ε. Over the life of a request its mean has
    two thirds of that: what is held at one time has nothing in common with what is held a lifetime later, and half of
    it half a lifetime later.

    Equation:
        s = √(2/3/(ε·a))

    Where:
        ε (elasticity): By how many percent one percent more sequences answer more. [1]
        a (held): Places that are held on average. [1]

    Args:
        held (array_like): a, places that are held on average. [1]
        elasticity (array_like): ε at a, by how many percent one percent more sequences answer more. [1]
    """
    return np.asarray(np.sqrt(2 / 3 / (np.asarray(elasticity) * np.maximum(np.asarray(held, dtype=np.float64), 1e-9))))


def later_than(
    wait_s: npt.ArrayLike,
    first_share: npt.ArrayLike,
    first_s: npt.ArrayLike,
    second_share: npt.ArrayLike,
    second_s: npt.ArrayLike,
) -> Array:
    """Share of the requests that wait longer than x in two queues one after the other. [1]

    Each wait is 0 for a part 1 - p, and exponential with mean m for the others; for x from 0 on.

    Equation:
        P = p_1·(1 - p_2)·e_1 + p_2·(1 - p_1)·e_2 + p_1·p_2·E
        E = (m_1·e_1 - m_2·e_2)/(m_1 - m_2)

    Where:
        E (both): Of those that wait in both. [1]
        p_1 (p1): Share that waits in the first queue. [1]
        p_2 (p2): In the second. [1]
        m_1 (m1): Mean wait of those in the first. [s]
        m_2 (m2): In the second. [s]
        e_1 (e1): exp(-x/m) of the first. [1]
        e_2 (e2): Of the second. [1]

    Args:
        wait_s (array_like): x; below 0 all wait longer. [s]
        first_share, second_share (array_like): p. [1]
        first_s, second_s (array_like): m, of which an infinite one is never over. [s]

    Examples:
        Half wait a second on average, and nobody in the other queue: 0.5·exp(-2) wait longer than two.

        >>> round(float(later_than(2.0, 0.5, 1.0, 0.0, 0.0)), 4)
        0.0677
    """
    x, p1, p2 = (np.asarray(v, dtype=np.float64) for v in (wait_s, first_share, second_share))
    m1, m2 = (np.maximum(np.asarray(v, dtype=np.float64), 1e-12) for v in (first_s, second_s))
    endless = np.isinf(m1) | np.isinf(m2)
    m1, m2 = (np.where(np.isinf(m), 1.0, m) for m in (m1, m2))
    m2 = np.where(np.abs(m1 - m2) < 1e-6 * m1, m2 * (1 + 1e-5), m2)
    later = np.maximum(x, 0.0)
    e1, e2 = np.exp(-later / m1), np.exp(-later / m2)
    both = (m1 * e1 - m2 * e2) / (m1 - m2)
    found = p1 * (1 - p2) * e1 + p2 * (1 - p1) * e2 + p1 * p2 * both
    some = np.where(np.isinf(np.asarray(first_s)), p1, 0.0)
    rest = np.where(np.isinf(np.asarray(second_s)), p2, 0.0)
    never = 1 - (1 - some) * (1 - rest)
    return np.asarray(np.where(x < 0, 1.0, np.where(endless, np.maximum(never, found), found)))
