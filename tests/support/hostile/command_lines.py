"""Hostile command lines made from the parser."""

import argparse

from hypothesis import strategies as st

from infecon_core.cli.parser import parser_of
from infecon_core.cli.scenario import scenario_flags
from infecon_core.scenario import Scenario
from tests.support.hostile.values import ACCELERATORS, MODELS, near, words

# What a folder holds in which command lines run; `tests.fuzz` writes them.
FILES = ("scenario.json", "hostile.json", "config.json", "model.toml", "points.csv", "hostile.csv", "empty", "binary")
# Not with random flags: it writes the repository's constants, or computes for minutes.
_NEVER = {"calibrate", "sweep"}


def _values_of(action: argparse.Action) -> st.SearchStrategy[str]:
    """What the command line may be given for a flag: mostly something right, never a path outside of the folder."""
    if action.dest in ("out", "constants"):
        return st.sampled_from(("out.csv", "out.json", "folder", "missing/out.csv", "", "a\0b", "x" * 300))
    if action.dest in ("scenario", "points", "specification", "config"):
        return st.sampled_from((*FILES, "folder", "missing.json", "", "a\0b", "x" * 300))
    if action.dest in ("model", "draft"):
        right = st.sampled_from((*MODELS, *FILES))
    elif action.dest == "accelerator":
        right = st.sampled_from(ACCELERATORS)
    elif action.choices:
        right = st.sampled_from([str(choice) for choice in action.choices])
    elif (place := scenario_flags(Scenario).get(max(action.option_strings, default=""))) is None:
        right = st.sampled_from(("1", "2", "4", "8", "64"))
    elif place.facts.options:
        right = st.sampled_from(place.facts.options)
    else:
        right = near(place.facts.ge, place.facts.le).map(repr)
    return st.one_of(right, right, right, words())


@st.composite
def command_lines(draw: st.DrawFn) -> list[str]:
    """Command lines made from the parser: a command with its flags, some of them twice, wrong or of others."""
    (commands,) = (action for action in parser_of(Scenario, "infecon")._actions if isinstance(action.choices, dict))
    parsers = {name: sub for name, sub in dict(commands.choices or {}).items() if name not in _NEVER}
    name = draw(st.sampled_from(tuple(parsers)))
    flags = [action for action in parsers[name]._actions if action.option_strings]
    line = [name]
    needed = ["--model", draw(st.sampled_from(MODELS)), "--accelerator", draw(st.sampled_from(ACCELERATORS))]
    if name in ("frontier", "step", "scenario") and draw(st.integers(0, 9)):
        line += needed
    if name == "step" and draw(st.integers(0, 9)):
        line += [
            "--n-gpu",
            draw(st.sampled_from(("1", "8", "64"))),
            "--batch",
            draw(st.sampled_from(("1", "16", "1000"))),
        ]
    if name in ("predict", "import") and draw(st.integers(0, 9)):
        line += ["--in", draw(st.sampled_from(FILES))]
    for action in draw(st.lists(st.sampled_from(flags), max_size=4)):
        line.append(draw(st.sampled_from(action.option_strings)))
        if action.nargs != 0 and draw(st.integers(0, 19)):
            line.append(draw(_values_of(action)))
    if draw(st.integers(0, 9)) == 0:
        line.insert(draw(st.integers(0, len(line))), draw(words()))
    # An unknown first word could be a command that is left out above.
    return line if line[0] not in _NEVER else ["models"]
