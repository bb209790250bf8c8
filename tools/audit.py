"""The locked packages against what is known of them: `make lint` fails where one has a known vulnerability.

Where no service answers, as in a closed network, it says so in one line and does not fail.
"""

import json
import subprocess
import sys
import sysconfig
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tools.lock import RUN_TIME

PIP_AUDIT = Path(sysconfig.get_path("scripts")) / "pip-audit"
# The first that knows any package decides: a mirror of PyPI may know none.
SERVICES = (("pypi",), ("osv",))
LIMIT_S = 30.0
SOCKET_LIMIT_S = 5
UNCHECKED = "no service for known vulnerabilities answers here, so nothing was checked."


def report(locked: Path, service: Sequence[str], limit_s: float) -> Mapping[str, Any] | None:
    """What one service knows of the packages of a lock.

    Args:
        locked (Path): The lock.
        service (sequence of str): Its name, and further arguments of pip-audit.
        limit_s (float): Longest wait for all answers. [s]

    Returns:
        mapping: What pip-audit reports as JSON; None where the service does not answer, or not in time.
    """
    asked = ["--requirement", str(locked), "--disable-pip", "--vulnerability-service", *service]
    quiet = ["--format", "json", "--progress-spinner", "off", "--timeout", str(SOCKET_LIMIT_S)]
    try:
        # Its exit status is 1 for a vulnerability and for a failure alike; only the former comes with a report.
        ran = subprocess.run(
            [PIP_AUDIT, *asked, *quiet], capture_output=True, text=True, timeout=max(limit_s, 0.1), check=False
        )
        found: Mapping[str, Any] = json.loads(ran.stdout)
    except (subprocess.TimeoutExpired, json.JSONDecodeError):
        return None
    return found


def audit(locked: Path = RUN_TIME, services: Sequence[Sequence[str]] = SERVICES, limit_s: float = LIMIT_S) -> int:
    """Print what is known of the packages of a lock.

    Args:
        locked (Path): The lock.
        services (sequence): Who is asked, one after the other, until one knows any package.
        limit_s (float): Longest wait for all of them together. [s]

    Returns:
        int: Exit status: 1 where a package has a known vulnerability.
    """
    end = time.monotonic() + limit_s
    for service in services:
        found = report(locked, service, end - time.monotonic())
        packages = [] if found is None else found["dependencies"]
        # pip-audit calls a package that the service has never heard of skipped, and itself successful.
        known = [package for package in packages if "skip_reason" not in package]
        if not known:
            continue
        faults = [(package, fault) for package in known for fault in package["vulns"]]
        for package, fault in faults:
            mended = ", ".join(fault["fix_versions"]) or "no version yet"
            print(f"{package['name']} {package['version']}: {fault['id']}, mended in {mended}", file=sys.stderr)
        left = [package["name"] for package in packages if "skip_reason" in package]
        unknown = f"; it does not know {', '.join(left)}" if left else ""
        print(f"Audit by {service[0]}: {len(known)} packages, known vulnerabilities: {len(faults)}{unknown}.")
        return int(bool(faults))
    print(f"Audit: {UNCHECKED}")
    return 0


if __name__ == "__main__":
    raise SystemExit(audit())
