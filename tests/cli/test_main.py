"""The command line as a process: an interrupt ends it without a traceback, from its first import on."""

import signal
import subprocess
import sys

import pytest

from tests.support.repository import ROOT

INTERRUPTED = """
import os, signal, sys

signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever started the tests may have told it to be ignored

class Interrupt:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Interrupt())
from infecon_core.__main__ import run
sys.argv[1:] = ["models"]
sys.exit(run())
"""


@pytest.mark.parametrize(
    ("module", "status"),
    [
        ("infecon_core.cli.parser", -signal.SIGINT),
        ("infecon_core.scenario", -signal.SIGINT),
        ("infecon_core.cli.listings", 128 + signal.SIGINT),
    ],
)
def test_an_interrupt_while_modules_are_imported_is_quiet(module: str, status: int) -> None:
    program = INTERRUPTED.format(module=module)
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (status, "", "")


def test_the_package_alone_imports_nothing_that_takes_time() -> None:
    program = "import sys, infecon_core; print(sorted({'pydantic', 'numpy', 'pandas'} & sys.modules.keys()))"
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stdout == "[]\n"
