"""What a deployment has to do: the demand, the limits, and what it is planned with."""

from typing import Annotated, Any, Literal

from infecon_core.schema.field import about
from infecon_core.schema.record import Record

DemandUnit = Literal["requests_per_s", "users"]
DEMAND_NAMES = {"requests_per_s": "Requests per second", "users": "Users active at once"}
Percentile = Literal[50, 90, 95, 99]

_SECONDS: dict[str, Any] = {"unit": "s", "ge": 0.001, "le": 1e6}


class Requirements(Record):
    """What is asked of a deployment besides the scenario's speed.

    Each field is a control of the page and a flag of the command line; `schema.field.facts_of` has bounds and help.
    """

    demand: Annotated[
        float,
        about(
            "Demand",
            "Requests per second, or users active at once: the mean.",
            unit="1",
            ge=0.001,
            le=1e7,
            flag="--load",
        ),
    ] = 200.0
    demand_unit: Annotated[
        DemandUnit,
        about(
            "Demand in",
            "A user is active from a request to its last token, and asks again at once: by Little's law "
            "users = requests per second · time of a request.",
            names=DEMAND_NAMES,
            flag="--per",
        ),
    ] = "requests_per_s"
    peak_over_mean: Annotated[
        float,
        about(
            "Peak over mean", "The limits are kept at the peak; tokens are sold at the mean.", unit="1", ge=1, le=100
        ),
    ] = 1.5
    first_token_s: Annotated[
        float | None,
        about(
            "First token within",
            "The longest that the first token may take for so many of a hundred requests; empty for no limit.",
            **_SECONDS,
            flag="--first-token",
        ),
    ] = 1.0
    percentile: Annotated[
        Percentile,
        about(
            "Percentile", "Of a hundred requests so many keep the limits on time, at the peak.", unit="1", ge=50, le=99
        ),
    ] = 95
    end_to_end_s: Annotated[
        float | None,
        about(
            "Last token within",
            "The longest that a whole request may take for so many of a hundred; empty for no limit.",
            **_SECONDS,
            flag="--end-to-end",
        ),
    ] = None
    utilisation: Annotated[
        float,
        about(
            "Utilisation at the peak",
            "Load of an instance at the peak over the most with which it keeps every limit. The rest is for what no "
            "model knows.",
            unit="1",
            ge=0.05,
            le=1,
        ),
    ] = 0.8
    spares: Annotated[
        int,
        about("Spare instances", "Instances beyond those that the peak needs: n + k.", unit="1", ge=0, le=100),
    ] = 0
    gpus_owned: Annotated[
        int | None,
        about("GPUs owned", "How far so many reach; empty where GPUs are rented.", unit="1", ge=1, le=10_000_000),
    ] = None
    usd_per_kwh: Annotated[float, about("Energy", "Price of electricity.", unit="USD/kWh", ge=0, le=10)] = 0.08
    pue: Annotated[
        float,
        about(
            "PUE",
            "Power of the site over that of its computers: cooling and losses. Hyperscalers say 1.1, the mean of all "
            "sites is about 1.5.",
            unit="1",
            ge=1,
            le=5,
        ),
    ] = 1.25
