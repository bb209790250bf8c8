"""`python -m infecon_core`, which a wheel installs as the command `infecon`."""

import signal


def run(prog: str = "infecon") -> int:
    """The command line as a process of its own.

    Args:
        prog (str): What its help calls it.

    Returns:
        int: Exit status, as `cli.main` returns it.
    """
    if hasattr(signal, "SIGPIPE"):  # end quietly, as other programs do, when `| head` has seen enough
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    # Imports take longer than the rest, and whoever interrupts them shall see no traceback either.
    interrupted = signal.signal(signal.SIGINT, signal.SIG_DFL)
    from infecon_core.cli import main  # noqa: PLC0415

    signal.signal(signal.SIGINT, interrupted)
    return main(prog=prog)


if __name__ == "__main__":
    raise SystemExit(run("python -m infecon_core"))
