"""A grid around a scenario: what is kept of it, where it stands at its target, and that the command line agrees."""

import math
import re
import subprocess
import sys
from pathlib import Path

import pytest

from infecon_core import NothingFits, at_speed, frontier
from infecon_core.choices import Choices
from infecon_core.sweep.grid import AtTarget, Axis, around, at_target, at_target_of
from infecon_core.sweep.toml import toml
from tests.support.repository import ROOT
from tests.support.sweeps import rows

BASE = Choices().with_values(at=40, max=16)


def _found(base: Choices, *axes: Axis) -> tuple[AtTarget, ...]:
    return at_target(around(base, axes))


@pytest.mark.parametrize(
    "axes",
    [
        (Axis("prompt", (1000, 8000)), Axis("gpu", ("h100-sxm", "rtx-4090"))),
        (Axis("at", (20.0, 60.0, 500.0)),),
        (Axis("price", (1.0, 2.0)), Axis("ttft", (None, 0.1, 0.001))),
        (Axis("spec", ("off", "self")), Axis("w", ("fp8", "fp4"))),
        (Axis("a_bandwidth", (2.0, 4.0)), Axis("m_num_layers", (40, 80))),
    ],
)
def test_every_value_is_that_of_its_own_frontier(axes: tuple[Axis, ...]) -> None:
    found = _found(BASE, *axes)
    assert len(found) == math.prod(len(axis.values) for axis in axes)
    assert [one.values for one in found] == sorted((one.values for one in found), key=lambda v: _place(axes, v))
    for one in found:
        changes = {axis.key: value for axis, value in zip(axes, one.values, strict=True)}
        assert one.choices == BASE.with_values(**changes)
        scenario = one.choices.scenario()
        if one.reason:
            assert (one.point, math.isnan(one.fastest)) == (None, True)
            with pytest.raises(NothingFits, match=re.escape(one.reason)):
                frontier(scenario)
            continue
        alone = frontier(scenario)
        point = at_speed(alone, scenario.target_tokens_per_s_user)
        assert one.fastest == pytest.approx(float(alone["tokens_per_s_user"].max()), rel=1e-9)
        if point is None:
            assert one.point is None
            assert f"{scenario.target_tokens_per_s_user:g} tokens/s" in one.why
            continue
        assert one.point is not None
        assert one.point["usd_per_million_tokens"] == pytest.approx(point["usd_per_million_tokens"], rel=1e-9)
        assert (one.point["n_gpu"], one.point["limit"]) == (point["n_gpu"], point["limit"])


def _place(axes: tuple[Axis, ...], values: tuple[object, ...]) -> list[int]:
    return [axis.values.index(value) for axis, value in zip(axes, values, strict=True)]  # type: ignore[arg-type]


def test_some_are_reached_and_some_are_not() -> None:
    found = _found(BASE, Axis("at", (60.0, 500.0)), Axis("gpu", ("h100-sxm", "l40s")))
    assert [one.point is None for one in found] == [False, True, True, True]
    assert "its fastest is" in found[2].why
    assert 20 < found[1].fastest < 60
    assert "60 tokens/s" in found[1].why


def test_parts_are_the_whole() -> None:
    specification = around(BASE, [Axis("prompt", (1000, 2000, 4000)), Axis("w", ("fp8", "fp4"))])
    text = specification.model_dump_json(by_alias=True, exclude_defaults=True)
    parts = [one for start in (0, 4) for one in at_target_of(text, start, min(start + 4, 6))]
    whole = at_target(specification)
    assert [one.values for one in parts] == [one.values for one in whole]
    for one, other in zip(parts, whole, strict=True):
        assert one.point is not None
        assert other.point is not None
        assert one.point["tpot_s"] == pytest.approx(other.point["tpot_s"], rel=1e-9)


def test_what_belongs_to_one_preset_is_left_out_where_presets_are_swept() -> None:
    base = Choices("llama-3.1-70b", "h100-sxm").with_values(m_num_layers=40, a_hbm=96.0, w="fp8", prompt=2000)
    models = around(base, [Axis("model", ("llama-3.1-70b", "llama-3.1-8b"))]).fixed
    assert "m_num_layers" not in models
    assert models["a_hbm"] == 96.0
    gpus = around(base, [Axis("gpu", ("h100-sxm", "b200-hgx"))]).fixed
    assert "a_hbm" not in gpus
    assert gpus["m_num_layers"] == 40
    assert gpus["prompt"] == 2000
    assert "model" in gpus
    assert "gpu" not in gpus


def test_all_accelerators_are_on_one_basis_or_at_one_price() -> None:
    axis = Axis("gpu", ("h100-sxm", "mi355x"))
    on_demand = _found(Choices(), axis)
    assert on_demand[0].point is not None
    assert "price" in on_demand[1].reason.lower()
    by_hand = _found(Choices().with_values(price=2.0), axis)
    assert [one.choices.value("price") for one in by_hand] == [2.0, 2.0]


def test_a_price_by_hand_gives_way_to_the_basis_that_is_swept() -> None:
    base = Choices().with_values(price=2.0)
    found = _found(base, Axis("basis", ("on_demand", "rent_3y")))
    assert len({one.choices.value("price") for one in found}) == 2


def test_choices_of_another_engine_are_left_out_unless_that_is_swept() -> None:
    base = Choices().with_values(overlap=0.5).with_values(engine="published")
    assert not base.enters("overlap")
    assert "overlap" not in around(base, [Axis("prompt", (1000, 2000))]).fixed
    assert around(base, [Axis("engine", ("serving", "published"))]).fixed["overlap"] == 0.5


def test_the_command_line_gives_the_same_numbers(tmp_path: Path) -> None:
    base = Choices().with_values(kv="fp8", at=60)
    specification = around(base, [Axis("prompt", (1000, 4000)), Axis("gpu", ("h100-sxm", "b200-hgx", "l4"))], "A test")
    path, folder = tmp_path / "sweep.toml", tmp_path / "swept"
    path.write_text(toml(specification, "A comment"), encoding="utf-8")
    # Of its own: worker processes look for the main module, which may be a page after other tests.
    command = [sys.executable, "-m", "infecon_core", "sweep", str(path), "--out", str(folder), "--workers", "1"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "6 frontiers" in ran.stdout
    written = rows(folder)
    for one in at_target(specification):
        own = written[written["scenario"] == one.choices.text()]
        assert len(own)
        if one.reason:
            assert list(own["reason"]) == [one.reason]
            continue
        point = at_speed(own, 60.0)
        assert (point is None) == (one.point is None)
        if point is not None and one.point is not None:
            for column in ("usd_per_million_tokens", "tokens_per_s_user", "ttft_s", "n_gpu", "batch"):
                assert one.point[column] == pytest.approx(float(point[column]), rel=1e-9)
