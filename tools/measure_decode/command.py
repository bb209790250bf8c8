"""The command: what is measured, the table that is written, and the predictions printed beside it."""

import argparse
import datetime
import importlib
import platform
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn

import pandas as pd

from infecon_core import catalog
from infecon_core.measured.predict import predict
from infecon_core.physics.formats import has_experts
from infecon_core.schema import Architecture, GroupedQueryAttention, LinearAttention
from infecon_core.schema.measurement import SETUP_COLUMNS
from tools import measure_decode

SOFTWARE = "torch random weights"
SOURCE_ID = "measure_decode"
FORMATS = ("bf16", "fp16", "fp8")
LARGEST_BATCH = 100_000
LONGEST_CONTEXT = 10_000_000
MOST_STEPS = 100_000
ADDED_COLUMNS = ("tpot_ms", "serving_software", "date", "source_id", "device", "software", "layers_timed")


class _Parser(argparse.ArgumentParser):
    """A parser whose complaint is one line."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong; `main` prints it."""
        raise ValueError(f"{message}; see --help.")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m tools.measure_decode",
        description=measure_decode.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("--model", required=True, metavar="ID", help="the architecture, an id of the catalog")
    add("--accelerator", required=True, metavar="ID", help="what the rows say it ran on, an id of the catalog")
    add("--batches", default="1,8,32", metavar="N,N", help="sequences decoding at once; default: 1,8,32")
    add("--contexts", default="1024,8192", metavar="N,N", help="context [tokens]; default: 1024,8192")
    add("--weights", default="bf16", metavar="FORMAT", help=f"{', '.join(FORMATS)}; default: bf16")
    add("--steps", default="50", metavar="N", help="steps that are timed, of which the median counts; default: 50")
    add("--layers", metavar="N", help="the most layers of one stack; default: as many as fit")
    add("--out", default="decode_points.csv", metavar="FILE", help="table to write; default: decode_points.csv")
    add("--device", metavar="NAME", help="cuda, cuda:1 or cpu; default: cuda where there is one")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, write and compare.

    Args:
        argv (sequence of str, optional): Arguments, without the program's name; those of the process where None.
            Without any, the help is printed.

    Returns:
        int: Exit status: 0; 1 where no point could be measured; 2 for bad input, which is said in one line on stderr.
    """
    words = sys.argv[1:] if argv is None else list(argv)
    if not words:
        _parser().print_help()
        return 0
    try:
        return _measure(_parser().parse_args(words))
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2


def _measure(args: argparse.Namespace) -> int:
    batches = whole_numbers(args.batches, "--batches", LARGEST_BATCH)
    contexts = whole_numbers(args.contexts, "--contexts", LONGEST_CONTEXT)
    (steps,) = whole_numbers(args.steps, "--steps", MOST_STEPS, single=True)
    architecture = catalog.model(args.model).architecture
    catalog.accelerator(args.accelerator)
    check_shape(args.model, architecture)
    layers = most_layers(args.layers, architecture)
    if args.weights not in FORMATS:
        raise ValueError(f"--weights is '{args.weights}'; PyTorch runs {', '.join(FORMATS)} here.")
    if args.weights == "fp8" and has_experts(architecture):
        raise ValueError(f"{args.model} has experts, and FP8 is for dense models only; give --weights bf16.")
    out = Path(args.out)
    if out.exists():
        raise ValueError(f"{out} is there already; give --out a new name.")
    if not out.parent.is_dir():
        raise ValueError(f"There is no folder {out.parent} for {out.name}; make it, or give --out another.")

    torch, timing = _torch(), importlib.import_module("tools.measure_decode.timing")
    device = _device(torch, args.device)
    fp8 = args.weights == "fp8"
    if fp8 and not timing.fp8_works(device):
        raise ValueError(f"PyTorch {torch.__version__} has no FP8 product on {device}; give --weights bf16.")
    make = timing.Maker(device, torch.float16 if args.weights == "fp16" else torch.bfloat16, fp8)
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else platform.processor() or platform.machine()
    print(f"{args.model}, {args.weights}, on {name}; the rows will say {args.accelerator}")
    rows: list[dict[str, Any]] = []
    for batch, context in ((b, c) for c in contexts for b in batches):
        try:
            plan = timing.plan(architecture, batch, context, timing.device_bytes(device), layers, fp8)
            seconds = timing.whole_step_s(architecture, plan, batch, context, make, steps)
        except ValueError as error:
            print(f"Left out: {error}", file=sys.stderr)
            continue
        except torch.OutOfMemoryError:
            print(f"Left out: batch {batch} at a context of {context} ran out of memory.", file=sys.stderr)
            continue
        rows.append(
            row(args, batch, context, seconds)
            | {"device": name, "software": f"torch {torch.__version__}", "layers_timed": plan.most_layers}
        )
        print(f"batch {batch:>6}, context {context:>8}: {seconds * 1e3:.3f} ms, up to {plan.most_layers} layers")
        # After every point, so that a run that is stopped keeps what it has.
        pd.DataFrame(rows, columns=[*SETUP_COLUMNS, *ADDED_COLUMNS]).to_csv(out, index=False)
    if not rows:
        print("No point could be measured.", file=sys.stderr)
        return 1
    print(f"Wrote {len(rows)} rows to {out}\n")
    for line in comparison(pd.read_csv(out)):
        print(line)
    return 0


def whole_numbers(text: str, flag: str, largest: int, *, single: bool = False) -> list[int]:
    """The whole numbers of a flag, in the order given.

    Raises:
        ValueError: Where there are none, or one that is not from 1 to `largest`.
    """
    words = [word.strip() for word in text.split(",")]
    good = all(word.isascii() and word.isdigit() and 1 <= int(word[:20]) <= largest for word in words)
    if not good or (single and len(words) > 1):
        wanted = "one whole number" if single else "whole numbers, with commas between them,"
        raise ValueError(f"{flag} is '{text[:40]}'; give {wanted} from 1 to {largest:,}.")
    return list(dict.fromkeys(int(word) for word in words))


def most_layers(text: str | None, architecture: Architecture) -> int:
    """The most layers of one stack: --layers, or all of the model.

    Raises:
        ValueError: Where they are too few to tell one layer of each group from the rest.
    """
    if text is None:
        return architecture.num_hidden_layers
    (most,) = whole_numbers(text, "--layers", 10_000, single=True)
    fewest = len(architecture.layer_groups) + any(group.num_layers > 1 for group in architecture.layer_groups)
    if most < fewest:
        raise ValueError(f"--layers is {most}; {architecture.name} needs {fewest}: one of each kind, and one more.")
    return most


def check_shape(model_id: str, architecture: Architecture) -> None:
    """Refuse scaled shapes that no matrix has.

    Raises:
        ValueError: Where a width is a fraction, KV heads do not divide the query heads, or a head's width is odd.
    """
    for name, value in _sizes(architecture):
        if value != int(value):
            raise ValueError(f"{model_id} has {name} {value:g}; give a model whose sizes are whole numbers.")
    for group in architecture.layer_groups:
        heads = group.attention
        if not isinstance(heads, GroupedQueryAttention):
            continue
        query, keys = heads.num_attention_heads, heads.num_key_value_heads
        if query % keys or heads.head_dim % 2:
            raise ValueError(
                f"{model_id} has {query} query heads of {heads.head_dim} for {keys} KV heads; "
                "give a model whose KV heads divide its query heads, and whose heads are of even width."
            )


def _sizes(architecture: Architecture) -> Iterator[tuple[str, float]]:
    yield "hidden_size", architecture.hidden_size
    for group in architecture.layer_groups:
        for part in (group.attention, group.feed_forward):
            # A linear layer has weights and bytes, from which the matrices are made to measure.
            if part is not None and not isinstance(part, LinearAttention):
                yield from ((name, n) for name, n in part if isinstance(n, int | float))


def row(args: argparse.Namespace, batch: int, context: int, seconds: float) -> dict[str, Any]:
    """One measurement in the columns of `predict`: a bare step on one GPU, without prompts beside it."""
    return {
        "model_id": args.model,
        "accelerator_id": args.accelerator,
        "weight_precision": args.weights,
        "kv_format": "fp16" if args.weights == "fp16" else "bf16",
        "gpus_per_instance": 1,
        "tp": 1,
        "pp": 1,
        "ep_in_instance": 1,
        "attention_dp": 1,
        "batch_per_instance": batch,
        "context_len": context,
        "batch_kind": "static_batch",
        "metric_kind": "decode_step",
        "disagg": "Y",
        "tpot_ms": round(seconds * 1e3, 6),
        "serving_software": SOFTWARE,
        "date": datetime.date.today().isoformat(),
        "source_id": SOURCE_ID,
    }


def comparison(points: pd.DataFrame) -> Iterator[str]:
    """Lines that set each measurement beside its prediction."""
    yield f"{'batch':>8}{'context':>10}{'measured ms':>14}{'predicted ms':>14}{'predicted/measured':>20}"
    for point in predict(points).itertuples():
        start = f"{point.batch_per_instance:>8}{point.context_len:>10}{point.tpot_ms:>14.3f}"
        if point.error:
            yield f"{start}  {point.error}"
        else:
            yield f"{start}{point.predicted_tpot_ms:>14.3f}{point.predicted_tpot_ms / point.tpot_ms:>20.3f}"


def _torch() -> Any:
    try:
        return importlib.import_module("torch")
    except ImportError as error:
        raise ValueError("PyTorch is not installed; `pip install -r requirements-measure.txt` gives it.") from error


def _device(torch: Any, name: str | None) -> Any:
    """The device to run on.

    Raises:
        ValueError: Where PyTorch sees no such device.
    """
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    known = ["cpu", *(["cuda"] if count else []), *(f"cuda:{i}" for i in range(count))]
    if name is not None and name not in known:
        raise ValueError(f"--device is '{name}'; PyTorch sees {', '.join(known)}.")
    return torch.device(name or ("cuda" if count else "cpu"))
