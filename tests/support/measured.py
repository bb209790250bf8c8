"""Measurements made up for tests: a file of one row, and a few points whose errors a hand can work out."""

import numpy as np
import pandas as pd

HEAD = "model_id,accelerator_id,weight_precision,gpus_per_instance,batch_per_instance,context_len,tpot_ms\n"
ROW = "llama-3.1-70b,h100-sxm,fp8,8,16,1500,14.2\n"


def few_points() -> pd.DataFrame:
    """Two groups whose errors can be worked out by hand."""
    return pd.DataFrame(
        {
            "model": ["A", "A", "A", "B"],
            "tpot_ms": [10.0, 10.0, 10.0, 10.0],
            "serving_ms": [11.0, 12.0, 13.0, 5.0],
            "roofline_ms": [5.0, 5.0, 5.0, 5.0],
            "published_ms": [7.0, 7.0, 7.0, 7.0],
            "without_model_ms": [14.0, 14.0, 14.0, np.nan],
            "other_software_ms": [10.5, np.nan, np.nan, np.nan],
        }
    )
