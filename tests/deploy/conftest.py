"""What tests of the hosted dashboard share: two servers behind nginx."""

from collections.abc import Iterator

import pytest

from tools.replicas import Replicas, find_nginx, replicas


@pytest.fixture(scope="module")
def hosted() -> Iterator[Replicas]:
    """Two fresh servers behind nginx; skips where there is no nginx."""
    if find_nginx() is None:
        pytest.skip("no nginx is on PATH; apt-get install nginx gives one")
    with replicas() as found:
        yield found
        assert all("Traceback" not in server.log.read_text(encoding="utf-8") for server in found.servers)
