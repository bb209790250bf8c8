"""What an engine can do, so that nobody has to ask which engine it is."""

from typing import NamedTuple


class Capabilities(NamedTuple):
    """What an engine computes and how far it can be asked.

    Attributes:
        prompts (bool): Computes prompts: time to first token, and the price of prompt and output tokens together.
        whole_gpus (bool): Returns layouts that can be launched: whole degrees that divide what they cut.
        uncertainty (bool): Is fitted to measured servers, so that comparable measurements tell how wrong it is.
        searches_again (bool): Is quick and fine enough to search once more for each part of the hardware.
        degrees (tuple of str): Fields of `Layout` that a person chooses; the others follow from them.
    """

    prompts: bool
    whole_gpus: bool
    uncertainty: bool
    searches_again: bool
    degrees: tuple[str, ...]
