"""The command line: `infecon` or `python -m infecon_core`; the flags of a scenario are made from the schema."""

import signal
import sys
from collections.abc import Sequence
from importlib import import_module

from infecon_core.cli.parser import parser_of
from infecon_core.cli.printing import write
from infecon_core.cli.scenario import computed, scenario_of
from infecon_core.scenario import Scenario

__all__ = ["main"]

# Packages that single commands need, by the extra of the wheel that has them.
EXTRAS = {"pyarrow": "sweep"}


def main(
    argv: Sequence[str] | None = None, schema: type[Scenario] = Scenario, prog: str = "python -m infecon_core"
) -> int:
    """Run one command.

    Args:
        argv (sequence of str, optional): Arguments, without the program's name; those of the process where None.
        schema (type): The scenario's class: every field with a flag can be given.
        prog (str): What help and refusals call the program.

    Returns:
        int: Exit status: 0, or 2 for bad input, which is said in one line on stderr.
    """
    try:
        args = parser_of(schema, prog).parse_args(argv)
        given = []
        if args.asks == "scenario":
            given = [scenario_of(args, schema)]
        elif args.asks == "engine":
            given = [computed(args, schema)]
        # Imported now that the scenario is known to be right: pandas takes longer than all the rest.
        module, _, function = args.run.partition(":")
        write(getattr(import_module(module), function)(args, *given), getattr(args, "out", None))
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except ModuleNotFoundError as error:
        if error.name not in EXTRAS:
            raise
        brings = f"`pip install 'infecon[{EXTRAS[error.name]}]'` brings it"
        print(f"infecon: this command needs {error.name}, which is not installed; {brings}.", file=sys.stderr)
        return 2
    except ValueError as error:
        print("infecon: " + " ".join(str(error).split()), file=sys.stderr)
        return 2
    return 0
