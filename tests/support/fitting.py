"""The fit to the repository's points, made once."""

from functools import cache

from infecon_core import calibrate
from infecon_core.catalog.measurements import shipped_points
from infecon_core.validation.fit import Fitter
from infecon_core.validation.report import CalibrationReport


@cache
def report() -> CalibrationReport:
    return calibrate(shipped_points())


@cache
def fitter() -> Fitter:
    return Fitter(shipped_points())
