"""What the command line understands: commands and their flags."""

import argparse
import math
from typing import Literal, NoReturn, get_args

from infecon_core import __version__
from infecon_core.catalog import data_version
from infecon_core.cli.requirements import add_requirement_flags
from infecon_core.cli.scenario import add_scenario_flags
from infecon_core.scenario import Scenario
from infecon_core.schema import Layout
from infecon_core.schema.frontier import COLUMNS
from infecon_core.schema.measurement import CLIENT_CONCURRENCY, REQUIRED_COLUMNS

LARGEST = 1e9
MOST_SWEEP_WORKERS = 1024
# Flags of a layout by column of the frontier, and what they are where they are not given.
LAYOUT_FLAGS = {
    "n_gpu": "",
    "batch": "",
    "tp": "default: all GPUs of a stage over the copies of attention",
    "pp": "default: 1",
    "ep": "default: 1, or as many as divide the experts where attention has copies",
    "dp_attn": "default: 1",
}


class _Parser(argparse.ArgumentParser):
    """A parser whose complaint is one line."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and where the right flags are listed; `main` prints it."""
        raise ValueError(f"{message}; see {self.prog} --help.")


class _Version(argparse.Action):
    """Print the versions of the program and of its data, which is worked out only when somebody asks, and end."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        print(f"infecon {__version__}, data {data_version()}")
        parser.exit()


def parser_of(schema: type[Scenario], prog: str) -> argparse.ArgumentParser:
    """The parser; it sets `run`, the function of a command, and whether it `asks` for a scenario and an engine."""
    parser = _Parser(
        prog=prog,
        description="Economics of serving large language models: speed against price, and where the time goes.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the versions of infecon and of its data")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def command(
        name: str, run: str, text: str, asks: Literal["nothing", "scenario", "engine"] = "nothing"
    ) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text, allow_abbrev=False)
        sub.set_defaults(run=f"infecon_core.cli.{run}", asks=asks)
        if asks != "nothing":
            add_scenario_flags(sub, schema)
        return sub

    frontier = command("frontier", "frontier:frontier", "Print the frontier of speed against price.", "engine")
    step = command("step", "step:step", "Print where the time of one decoding step goes.", "engine")
    scenario = command("scenario", "scenario:scenario_json", "Print the scenario as JSON.", "scenario")
    text = "Print how many GPUs a demand needs within limits, and what they cost."
    planned = command("plan", "plan:plan", text, "engine")
    predict = command("predict", "points:predicted", "Predict measured setups, one row of a CSV file each.")
    fit = "Fit the engine's constants to measurements, and show its errors."
    calibrate = command("calibrate", "points:calibrated", fit)
    claims = command("claims", "published_claims:claims", "Recompute what others published on their servers.")
    sweep = command("sweep", "sweep:sweep", "Compute many frontiers into a Parquet data set; goes on where it stopped.")
    models = command("models", "listings:models", "List the models of the catalog.")
    accelerators = command("accelerators", "listings:accelerators", "List the accelerators of the catalog.")

    import_ = command("import", "models:import_config", "Read a model from a config.json of Hugging Face.")

    _add_layout_flags(step)
    add_requirement_flags(planned)
    for sub in (frontier, step, planned, claims, models, accelerators):
        sub.add_argument("--format", choices=("csv", "json", "table"), help="default: that of --out, or table")
    import_.add_argument("--in", dest="config", required=True, metavar="FILE", help="the config.json")
    import_.add_argument("--name", metavar="TEXT", help="of the model; default: as in the file, or its kind and size")
    import_.add_argument("--id", metavar="ID", help="of the entry; default: from the name")
    data_file = "toml: a data file for --model, or for data/models; default: that of --out, or table"
    import_.add_argument("--format", choices=("json", "table", "toml"), help=data_file)
    for sub in (frontier, step, planned, scenario, predict, claims, models, accelerators, import_):
        sub.add_argument("--out", metavar="FILE", help="write there instead of printing")
    _add_sweep_flags(sweep)
    columns = ", ".join(REQUIRED_COLUMNS)
    needed = (
        f"CSV with at least {columns}, and context_len, or isl and osl; the work of prompts in predicted_tpot_ms, and "
        f"predicted_ttft_ms, take isl, osl and {CLIENT_CONCURRENCY} as batch_kind; other columns pass through, "
        "their cells as they were given, formulas of spreadsheets too"
    )
    predict.add_argument("--in", dest="points", required=True, metavar="FILE", help=needed)
    correct = (
        "correct each row by the other rows that have tpot_ms (correction_points of them), and by the shipped "
        "measurements (correction_measurements)"
    )
    predict.add_argument("--correct", action="store_true", help=correct)
    predict.add_argument("--keep", action="store_true", help="predict rows too that memory cannot hold")
    calibrate.add_argument(
        "--in", dest="points", metavar="FILE", help="CSV as for predict, with tpot_ms; default: ours"
    )
    calibrate.add_argument("--keep", action="store_true", help="fit rows too that memory cannot hold")
    calibrate.add_argument("--out", dest="constants", metavar="FILE", help="write the fitted constants there, as JSON")
    calibrate.add_argument("--format", choices=("table", "json"), default="table", help="of the report; default: table")
    calibrate.add_argument("--write", action="store_true", help="put the constants into data/calibration/serving.toml")
    return parser


def _add_layout_flags(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("layout", "An engine takes the degrees that it does not ask for from the others.")
    for name, default in LAYOUT_FLAGS.items():
        text = f"{COLUMNS[name].meaning} {default}".rstrip()
        flag = "--" + name.replace("_", "-")
        group.add_argument(flag, type=_positive, required=not default, metavar="N", help=text)
    schemes = get_args(Layout.model_fields["scheme"].annotation)
    group.add_argument("--scheme", choices=schemes, help=f"{COLUMNS['scheme'].meaning} default: 2-D")


def _add_sweep_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("specification", metavar="SPEC", help="what is swept, as TOML or JSON: fixed, grid, list")
    parser.add_argument(
        "--out", dest="folder", type=_named, required=True, metavar="DIR", help="folder of the data set"
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--workers", type=_workers, metavar="N", help="processes; default: one for each core")
    where.add_argument(
        "--scheduler", type=_named, metavar="ADDRESS", help="of a Dask cluster that computes instead: tcp://HOST:8786"
    )


def _named(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("it is empty; leave the flag out, or give a name")
    return text


def _workers(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= MOST_SWEEP_WORKERS:
        raise argparse.ArgumentTypeError(f"'{text[:40]}' is not a whole number from 1 to {MOST_SWEEP_WORKERS:,}")
    return int(text)


def _positive(text: str) -> float:
    try:
        value = float(text) if text.isascii() else math.nan
    except ValueError:
        value = math.nan
    if not 0 < value <= LARGEST:
        raise argparse.ArgumentTypeError(f"'{text[:40]}' is not a number above 0 and up to {LARGEST:g}")
    return value
