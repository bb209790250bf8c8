"""What a token costs, and what GPUs and power make: all from GPU-seconds per output token.

Source: definitions; prices and board powers are those of data/accelerators, each with its source and date.
"""

from typing import TypeVar

import numpy as np
import numpy.typing as npt

Numbers = TypeVar("Numbers", float, npt.NDArray[np.float64])

SECONDS_PER_HOUR = 3600.0
JOULE_PER_KWH = 3.6e6
MILLION = 1e6
WATT_PER_MEGAWATT = 1e6


def usd_per_million_tokens(gpu_seconds_per_token: Numbers, price_usd_per_gpu_hour: float) -> Numbers:
    """Price of a million output tokens.

    Equation:
        U = M·x·p/H

    Where:
        M (MILLION): Tokens. [tokens]
        x (gpu_seconds_per_token): GPU-seconds of an output token. [s]
        p (price_usd_per_gpu_hour): Price of a GPU-hour. [USD/h]
        H (SECONDS_PER_HOUR): Seconds of an hour. [s/h]

    Args:
        gpu_seconds_per_token (float or array): GPU-seconds that one output token takes, prompts included where the
            engine counts them. [s]
        price_usd_per_gpu_hour (float): Rent of one GPU. [USD/h]

    Returns:
        float or array: [USD]

    Examples:
        Eight GPUs for 10 ms a token, shared by 100 sequences, at 3 USD an hour:

        >>> round(usd_per_million_tokens(8 * 0.01 / 100, 3.0), 4)
        0.6667
    """
    return MILLION * gpu_seconds_per_token * price_usd_per_gpu_hour / SECONDS_PER_HOUR


def blended_usd_per_million_tokens(usd: Numbers, prompt_tokens: float, output_tokens: float) -> Numbers:
    """Price of a million tokens of any kind.

    Equation:
        U_b = U/((p + o)/o)

    Where:
        U (usd): Price of a million output tokens. [USD]
        p (prompt_tokens): Prompt. [tokens]
        o (output): Output. [tokens]

    Args:
        usd (float or array): Price of a million output tokens that pays for the prompts as well. [USD]
        prompt_tokens, output_tokens (float): Length of a request; an output below one token counts as one. [tokens]

    Returns:
        float or array: [USD]

    Examples:
        >>> blended_usd_per_million_tokens(4.0, 3000, 1000)
        1.0
    """
    output = max(output_tokens, 1)
    return usd / ((prompt_tokens + output) / output)


def kwh_per_million_tokens(gpu_seconds_per_token: Numbers, board_power_w: float) -> Numbers:
    """Energy of a million output tokens with boards at full power.

    Equation:
        E = M·x·P/J

    Where:
        M (MILLION): Tokens. [tokens]
        x (gpu_seconds_per_token): GPU-seconds of an output token. [s]
        P (board_power_w): Power of a board. [W]
        J (JOULE_PER_KWH): Joule of a kilowatt-hour. [J/kWh]

    Args:
        gpu_seconds_per_token (float or array): As for `usd_per_million_tokens`. [s]
        board_power_w (float): Power of one board; NaN where it is not known. [W]

    Returns:
        float or array: The upper end: boards that serve draw less than their full power, `power.power_share`. [kWh]

    Examples:
        Eight boards of 700 W for 10 ms a token, shared by 100 sequences:

        >>> round(kwh_per_million_tokens(8 * 0.01 / 100, 700.0), 4)
        0.1556
    """
    return MILLION * gpu_seconds_per_token * board_power_w / JOULE_PER_KWH


def tokens_per_s_per_gpu(gpu_seconds_per_token: Numbers) -> Numbers:
    """Output tokens that one GPU makes in a second.

    Equation:
        R = 1/x

    Where:
        x (gpu_seconds_per_token): GPU-seconds of an output token. [s]

    Args:
        gpu_seconds_per_token (float or array): As for `usd_per_million_tokens`. [s]

    Returns:
        float or array: The work on prompts included where the engine counts it. [tokens/s/GPU]

    Examples:
        Eight GPUs for 10 ms a token, shared by 100 sequences: 10,000 tokens/s of 8 GPUs.

        >>> round(tokens_per_s_per_gpu(8 * 0.01 / 100), 4)
        1250.0
    """
    return 1 / gpu_seconds_per_token


def tokens_per_s_per_mw(gpu_seconds_per_token: Numbers, board_power_w: float) -> Numbers:
    """Output tokens that a megawatt of boards makes in a second.

    Equation:
        R_MW = R/P·K
        R = 1/x

    Where:
        R_MW (return): Output tokens per second of a megawatt. [tokens/s/MW]
        x (gpu_seconds_per_token): GPU-seconds of an output token. [s]
        P (board_power_w): Power of a board. [W]
        K (WATT_PER_MEGAWATT): Watt of a megawatt. [W/MW]

    Args:
        gpu_seconds_per_token (float or array): As for `usd_per_million_tokens`. [s]
        board_power_w (float): Power of one board; NaN where it is not known. [W]

    Returns:
        float or array: Of the boards at full power: host, network and cooling come on top. [tokens/s/MW]

    Examples:
        1,250 tokens/s of each board of 500 W, 2,000 of which draw a megawatt:

        >>> round(tokens_per_s_per_mw(8 * 0.01 / 100, 500.0), 4)
        2500000.0
    """
    return tokens_per_s_per_gpu(gpu_seconds_per_token) * WATT_PER_MEGAWATT / board_power_w
