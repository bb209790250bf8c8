"""The command line: `python -m infecon_core`, with the same nouns as the library."""

import argparse
import io
import math
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn, get_args

from pydantic import ValidationError

import infecon_core
from infecon_core import catalog, reports
from infecon_core.printing import as_csv, as_json
from infecon_core.scenario import MAX_GPUS, Engine, Scenario, Variant
from infecon_core.spec import Format, Layout, MixtureOfExperts, sentence

LARGEST = 1e9

_FORMATS = ", ".join(get_args(Format))
_COLUMNS = "model_id, accelerator_id, weight_precision, gpus_per_instance, batch_per_instance"

# What a draft model and a self-draft have in common.
_ANY_DRAFT = frozenset({"acceptance", "max_draft_tokens", "accepted_lengths"})

# Each flag that changes one number of a scenario: where that number stands, and its help.
SCENARIO_FLAGS: Mapping[str, tuple[tuple[str, ...], str, str]] = {
    "--weights": (("precision", "weights"), "FORMAT", f"format of the weights: {_FORMATS}"),
    "--kv": (("precision", "kv"), "FORMAT", "format of the KV cache, one of the same"),
    "--activations": (("precision", "activations"), "FORMAT", "format of the activations, one of the same"),
    "--prompt": (("prompt_tokens",), "N", "prompt of a request [tokens]"),
    "--output": (("output_tokens",), "N", "output of a request [tokens]"),
    "--price": (("accelerator", "price_usd_per_gpu_hour"), "USD", "rent of one GPU [USD/h]"),
    "--demand": (("demand_tokens_per_s",), "TOK/S", "the most that one instance can sell [tokens/s]"),
    "--max-gpus": (("max_gpus",), "N", f"the largest instance, up to {MAX_GPUS} [GPUs]"),
    "--acceptance": (("speculation", "acceptance"), "A", "chance that a drafted token is accepted, 0 to 1"),
    "--max-draft-tokens": (("speculation", "max_draft_tokens"), "N", "the longest draft that is tried [tokens]"),
    "--self-draft": (("speculation", "layers"), "LAYERS", "let the model draft for itself with this many layers"),
    "--hidden-share": (("serving", "hidden_share"), "X", "share of the network's time hidden under compute, 0 to 1"),
    "--engine": (("engine",), "NAME", f"the model of serving: {', '.join(get_args(Engine))}"),
    "--variant": (("published", "variant"), "NAME", f"rung of the published model: {', '.join(get_args(Variant))}"),
    "--traffic": (("published", "traffic"), "NAME", "form of the published traffic formula: final, early"),
}
SCENARIO_SWITCHES: Mapping[str, tuple[tuple[str, ...], str]] = {
    "--disaggregated": (("serving", "disaggregated"), "run prompts on GPUs of their own"),
    "--context-parallel": (("serving", "context_parallel"), "share the KV cache along the context"),
    "--pipeline": (("published", "pipeline"), "search pipeline depths above 1"),
    "--attention-scaledown": (("published", "attention_scaledown"), "let attention use fewer shards"),
}
LAYOUT_FLAGS = (
    ("--n-gpu", None, "GPUs of the instance"),
    ("--batch", None, "sequences decoded together"),
    ("--pp", 1.0, "pipeline stages; default: 1"),
    ("--dp-attn", 1.0, "data-parallel copies of attention; default: 1"),
)
# The published model takes these from the GPUs, so nobody can ask for them there.
SERVING_LAYOUT_FLAGS = (
    ("--tp", "shards of one copy of attention; default: all GPUs of a stage over the copies"),
    ("--ep", "expert-parallel groups; default: 1, or as many as divide the experts where attention has copies"),
)


class _Parser(argparse.ArgumentParser):
    """A parser whose complaint is one line."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and where the right flags are listed; `main` prints it."""
        raise ValueError(f"{message}; see {self.prog} --help.")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments, without the program's name; those of the process where None.

    Returns
    -------
    int
        Exit status: 0, or 2 for bad input, which is said in one line on stderr.
    """
    try:
        args = _parser().parse_args(argv)
        _write(args.command(args), getattr(args, "out", None))
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except ValueError as error:
        print("infecon: " + " ".join(str(error).split()), file=sys.stderr)
        return 2
    return 0


def _parser() -> _Parser:
    parser = _Parser(
        prog="python -m infecon_core",
        description="Economics of serving large language models: speed against price, and where the time goes.",
        allow_abbrev=False,
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def command(name: str, run: Any, text: str, *, formats: bool = True, own: bool = False) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text, allow_abbrev=False)
        sub.set_defaults(command=run)
        if own:
            return sub
        if formats:
            sub.add_argument("--format", choices=("csv", "json", "table"), help="default: that of --out, or table")
        sub.add_argument("--out", metavar="FILE", help="write there instead of printing")
        return sub

    _add_scenario_flags(command("frontier", _frontier, "Print the frontier of speed against price."))
    one = command("step", _step, "Print where the time of one decoding step goes.")
    _add_scenario_flags(one)
    for flag, default, text in LAYOUT_FLAGS:
        one.add_argument(flag, type=_positive, default=default, required=default is None, metavar="N", help=text)
    for flag, text in SERVING_LAYOUT_FLAGS:
        one.add_argument(flag, type=_positive, metavar="N", help=f"serving engine: {text}")
    schemes = get_args(Layout.model_fields["scheme"].annotation)
    one.add_argument("--scheme", choices=schemes, help="published engine: of tensor parallelism; default: 2-D")
    _add_scenario_flags(command("scenario", _scenario_json, "Print the scenario as JSON.", formats=False))
    many = command("predict", _predict, "Predict measured setups, one row of a CSV file each.", formats=False)
    many.add_argument("--in", dest="points", required=True, metavar="FILE", help=f"CSV with at least {_COLUMNS}")
    fit = command("calibrate", _calibrate, "Fit the engine's constants to measurements, and show its errors.", own=True)
    fit.add_argument("--in", dest="points", metavar="FILE", help="CSV as for predict, with tpot_ms; default: ours")
    fit.add_argument("--out", dest="constants", metavar="FILE", help="write the fitted constants there, as JSON")
    fit.add_argument("--format", choices=("table", "json"), default="table", help="of the report; default: table")
    fit.add_argument("--write", action="store_true", help="put the constants into data/calibration/serving.toml")
    command("models", _models, "List the models of the catalog.")
    command("accelerators", _accelerators, "List the accelerators of the catalog.")
    return parser


def _add_scenario_flags(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("scenario")
    group.add_argument("--scenario", metavar="FILE", help="a scenario as JSON; flags given beside it change it")
    group.add_argument("--model", metavar="ID", help="model of the catalog, in its own formats where no file is given")
    group.add_argument("--accelerator", metavar="ID", help="accelerator of the catalog")
    group.add_argument("--draft", metavar="ID", help="draft model of the catalog, for speculative decoding")
    for flag, (_, placeholder, text) in SCENARIO_FLAGS.items():
        group.add_argument(flag, metavar=placeholder, help=text)
    for flag, (_, text) in SCENARIO_SWITCHES.items():
        group.add_argument(flag, action=argparse.BooleanOptionalAction, help=text)


def _positive(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value <= LARGEST:
        raise argparse.ArgumentTypeError(f"'{text[:40]}' is not a number above 0 and up to {LARGEST:g}")
    return value


def _scenario(args: argparse.Namespace) -> Scenario:
    """The scenario of a file or of two ids, changed by the flags."""
    given = vars(args)
    if args.scenario is not None:
        record = _read_scenario(args.scenario).model_dump()
    elif args.model is None or args.accelerator is None:
        raise ValueError("Give --model and --accelerator, or --scenario with a file.")
    else:
        record = Scenario.preset(args.model, args.accelerator).model_dump()
    if args.model is not None:
        record["architecture"] = catalog.model(args.model).architecture.model_dump()
    if args.accelerator is not None:
        record["accelerator"] = catalog.accelerator(args.accelerator).accelerator.model_dump()
    _choose_draft(args, record)
    paths = {flag: path for flag, (path, *_) in SCENARIO_FLAGS.items()}
    paths |= {flag: path for flag, (path, _) in SCENARIO_SWITCHES.items()}
    for flag, (*parents, field) in paths.items():
        value = given[flag.removeprefix("--").replace("-", "_")]
        if value is not None:
            place = record
            for parent in parents:
                place = place[parent]
            if place is None:
                raise ValueError(f"{flag} needs a draft: name a model with --draft, or give --self-draft.")
            place[field] = value
    try:
        return Scenario.model_validate(record)
    except ValidationError as error:
        text = sentence(error)
        for flag, path in paths.items():
            text = text.replace(f"'{'.'.join(path)}'", flag)
        raise ValueError(text) from error


def _computed(args: argparse.Namespace) -> Scenario:
    """The scenario to compute; refuses flags that its engine does not look at."""
    scenario = _scenario(args)
    owners = {flag: path[0] for flag, (path, *_) in SCENARIO_FLAGS.items()}
    owners |= {flag: path[0] for flag, (path, _) in SCENARIO_SWITCHES.items()}
    for flag, owner in owners.items():
        given = getattr(args, flag.removeprefix("--").replace("-", "_")) is not None
        if given and owner in get_args(Engine) and owner != scenario.engine:
            raise ValueError(f"{flag} is for the {owner} engine; give --engine {owner} beside it.")
    return scenario


def _choose_draft(args: argparse.Namespace, record: dict[str, Any]) -> None:
    """Put the draft that --draft or --self-draft asks for into a scenario's record."""
    if args.draft is not None and args.self_draft is not None:
        raise ValueError("Only one drafts: give --draft or --self-draft.")
    if args.draft is not None or args.self_draft is not None:
        kept = {name: value for name, value in (record["speculation"] or {}).items() if name in _ANY_DRAFT}
        if args.draft is not None:
            draft = catalog.model(args.draft).model_dump(include={"architecture", "precision"})
            record["speculation"] = {"kind": "draft_model", **draft, **kept}
        else:
            record["speculation"] = {"kind": "self_draft", **kept}


def _read_scenario(name: str) -> Scenario:
    try:
        return Scenario.model_validate_json(Path(name).read_bytes())
    except OSError as error:
        raise ValueError(f"Cannot read {name}: {error.strerror}.") from error
    except ValidationError as error:
        raise ValueError(f"{name} is not a scenario: {sentence(error)}") from error


def _frontier(args: argparse.Namespace) -> str:
    scenario = _computed(args)
    points = infecon_core.frontier(scenario)
    kind = _format(args)
    if kind == "csv":
        return str(points.to_csv(index=False, lineterminator="\n"))
    if kind == "json":
        return as_json({**_stamp(scenario), "points": points.to_dict(orient="records")})
    return reports.frontier_table(scenario, points)


def _step(args: argparse.Namespace) -> str:
    scenario = _computed(args)
    layout = _layout(args, scenario)
    step = infecon_core.step(scenario, layout, args.batch)
    kind = _format(args)
    if kind == "csv":
        return as_csv([operator.model_dump() for operator in step.operators])
    if kind == "json":
        result = {**step.model_dump(), "tpot_s": step.tpot_s, "limit": step.limit}
        return as_json(
            {**_stamp(scenario), "layout": layout.model_dump(exclude_unset=True), "batch": args.batch, "step": result}
        )
    return reports.step_table(scenario, layout, args.batch, step)


def _layout(args: argparse.Namespace, scenario: Scenario) -> Layout:
    degrees = {"n_gpu": args.n_gpu, "pp": args.pp, "dp_attn": args.dp_attn}
    if scenario.engine == "published":
        for flag in ("tp", "ep"):
            if getattr(args, flag) is not None:
                raise ValueError(f"--{flag} is for the serving engine; the published model takes it from the GPUs.")
        return Layout(**degrees, scheme=args.scheme or "2-D")
    if args.scheme is not None:
        raise ValueError("--scheme is for the published engine; give --engine published beside it.")
    stage = args.n_gpu / args.pp
    layers = [group.feed_forward for group in scenario.architecture.layer_groups]
    experts = [layer.experts for layer in layers if isinstance(layer, MixtureOfExperts)]
    spread = math.gcd(round(stage), *experts) if experts and args.dp_attn > 1 else 1
    return Layout(**degrees, tp=args.tp or stage / args.dp_attn, ep=args.ep or spread, scheme="1-D")


def _predict(args: argparse.Namespace) -> str:
    return str(infecon_core.predict(_points(args.points)).to_csv(index=False, lineterminator="\n"))


def _calibrate(args: argparse.Namespace) -> str:
    constants, measurements, report = map(_calibration, ("constants", "measurements", "report"))
    if args.points is None:
        found = infecon_core.calibrate(measurements.shipped_points())
    elif args.write:
        raise ValueError("--write is for the repository's own points; leave out --in.")
    else:
        points = _points(args.points)
        if "suspect" in points.columns:
            points = points[[measurements.is_empty(reason) for reason in points["suspect"]]]
        try:
            found = infecon_core.calibrate(points, constants.shipped())
        except ValueError as error:
            raise ValueError(f"{args.points}: {error}") from error
    if args.constants is not None:
        _write(found.constants.model_dump_json(indent=2) + "\n", args.constants)
    if args.write:
        path = catalog.DATA / "calibration" / "serving.toml"
        _write(constants.with_values(path.read_text(encoding="utf-8"), found.constants), str(path))
    return as_json(report.record(found)) if args.format == "json" else report.text(found)


def _calibration(name: str) -> Any:
    """A module of calibration, imported when a command needs it: pandas takes longer than all the rest."""
    return import_module(f"infecon_core.calibration.{name}")


def _points(name: str) -> Any:
    """A table of measurements that somebody brings."""
    try:
        return _calibration("measurements").parse(Path(name).read_bytes())
    except OSError as error:
        raise ValueError(f"Cannot read {name}: {error.strerror}.") from error
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error


def _scenario_json(args: argparse.Namespace) -> str:
    return _scenario(args).model_dump_json(indent=2) + "\n"


def _models(args: argparse.Namespace) -> str:
    return _listing(args, reports.model_records(), reports.model_table)


def _accelerators(args: argparse.Namespace) -> str:
    return _listing(args, reports.accelerator_records(), reports.accelerator_table)


def _listing(args: argparse.Namespace, records: list[reports.Record], draw: Callable[[], str]) -> str:
    kind = _format(args)
    if kind == "json":
        return as_json(records)
    return as_csv(records) if kind == "csv" else draw()


def _format(args: argparse.Namespace) -> str:
    """What --format says, otherwise what the ending of --out says, otherwise a table."""
    ending = Path(args.out or "").suffix.removeprefix(".").lower()
    return args.format or (ending if ending in ("csv", "json") else "table")


def _stamp(scenario: Scenario) -> reports.Record:
    return {
        "scenario": scenario.model_dump(mode="json"),
        "data_version": catalog.data_version(),
        "approximations": infecon_core.approximations(scenario),
    }


def _write(text: str, out: str | None) -> None:
    try:
        if out is not None:
            Path(out).write_text(text, encoding="utf-8", newline="\n")
            return
        if isinstance(sys.stdout, io.TextIOWrapper):  # a terminal of another alphabet gets escapes, not an error
            sys.stdout.reconfigure(errors="backslashreplace")
        print(text, end="", flush=True)
    except OSError as error:
        if out is None:
            # What is left in the buffer would fail once more, with a traceback, when the interpreter ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        where = "to standard output" if out is None else repr(out)
        raise ValueError(f"Cannot write {where}: {error.strerror}.") from error
