"""How a model is spread over the GPUs of one instance."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field

from infecon_core.schema.record import Record

Degree = Annotated[float, Field(gt=0, le=1e9)]


class Layout(Record):
    """Degrees of parallelism of one instance.

    Args:
        n_gpu (float): GPUs of the instance; the published model has fractions. [1]
        tp, pp, ep (float): Tensor-parallel shards of one copy of attention, pipeline stages, expert-parallel groups.
            [1]
        dp_attn (float): Copies of attention inside a stage, each on 1/dp_attn of its GPUs. [1]
        scheme (str): Tensor parallelism in one or in two dimensions.
    """

    n_gpu: Degree
    tp: Degree = 1.0
    pp: Degree = 1.0
    ep: Degree = 1.0
    dp_attn: Degree = 1.0
    scheme: Literal["1-D", "2-D"] = "2-D"

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """The layout of one row of a frontier."""
        return cls.model_validate({name: row[name] for name in cls.model_fields})
