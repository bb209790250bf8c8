"""What the page says in words."""

import pandas as pd

from infecon_core.catalog.measurements import deviations
from infecon_ui.measured.sentences import UNKNOWN, headline, worst
from tests.support.measured import few_points


def test_headline_counts_what_is_there() -> None:
    frame = few_points().assign(accelerator=["X", "X", "Y", "Y"])
    assert headline(frame, 4) == (
        "**On all 4 measured points, of 2 models on 2 accelerators, the serving engine is off by 25% in the middle "
        "case; leaving a whole model out of the fit, by 40%.** The published model is off by 30% and the bare roofline "
        "by 50% on the same points. Two kinds of serving software, or two versions of one, differ by 5.0% on the same "
        "setup."
    )


def test_headline_of_a_part_says_of_how_many() -> None:
    one = few_points().assign(accelerator="X").query("model == 'A'")
    assert headline(one, 4).startswith("**On 3 of 4 measured points, of 1 model on 1 accelerator, the serving engine")


def test_headline_leaves_out_what_nobody_measured() -> None:
    frame = few_points().assign(accelerator="X", other_software_ms=float("nan"), without_model_ms=float("nan"))
    assert "software" not in headline(frame, 4)
    assert "left" not in headline(frame, 4)


def test_headline_does_not_wait_for_the_left_out_fits() -> None:
    frame = few_points().drop(columns="without_model_ms").assign(accelerator="X")
    assert "out of the fit, by (computing).**" in headline(frame, 4)


def test_worst_groups_are_named_with_their_reason() -> None:
    frame = pd.DataFrame(
        {
            "model_id": ["falcon-180b"] * 9 + ["mixtral-8x7b"] * 9 + ["other"] * 30 + ["few"] * 2,
            "model": ["Falcon"] * 9 + ["Mixtral"] * 9 + ["Fine"] * 30 + ["Few"] * 2,
            "accelerator_id": "h100-sxm",
            "accelerator": "H100",
            "tpot_ms": 10.0,
            "serving_ms": [6.0] * 9 + [13.0] * 9 + [10.5] * 30 + [20.0] * 2,
        }
    )
    (sentence,) = worst(frame)
    # Both share a reason, so they share a sentence; two points are too few to be named.
    assert sentence.startswith(
        "**Falcon** (9 points, off by 40%, 40% too fast on average), **Mixtral** (9 points, off by 30%, 30% too slow"
    )
    assert sentence.endswith(f": {deviations()['old_tensorrt_llm'].reason}.")
    unknown = worst(frame.replace({"falcon-180b": "no-such", "mixtral-8x7b": "neither"}))
    assert unknown[0].endswith(f": {UNKNOWN}.")
