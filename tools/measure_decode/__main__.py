"""Entry of `python -m tools.measure_decode`."""

import sys

from tools.measure_decode.command import main

sys.exit(main())
