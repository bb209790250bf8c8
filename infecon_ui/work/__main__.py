"""The start of a worker: `python -m infecon_ui.work BYTES`, with its requests on standard input."""

import sys

from infecon_ui.work.worker import main

main(int(sys.argv[1]))
