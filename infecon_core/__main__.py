"""`python -m infecon_core`: the command line."""

import signal

from infecon_core.cli import main

if hasattr(signal, "SIGPIPE"):  # end quietly, as other programs do, when `| head` has seen enough
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)

raise SystemExit(main())
