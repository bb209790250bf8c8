"""The dashboard as it is hosted: nginx with the configuration of deploy/ in front of two servers, on this machine."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from string import Template

from tools.live_app import HOST, ROOT, Server, end, serving, wait_until_healthy

TEMPLATE = ROOT / "deploy" / "nginx.conf.template"
# What the image of nginx has around the template: no user of its own, everything it writes in one folder.
MAIN = """
daemon off;
worker_processes 1;
pid $folder/nginx.pid;
error_log stderr warn;
events { worker_connections 2048; }
http {
    types { application/javascript js; text/css css; text/html html; }
    access_log off;
    client_body_temp_path $folder/body;
    proxy_temp_path $folder/proxy;
    fastcgi_temp_path $folder/fastcgi;
    uwsgi_temp_path $folder/uwsgi;
    scgi_temp_path $folder/scgi;
    include $folder/infecon.conf;
}
"""


@dataclass(frozen=True)
class Replicas:
    """Servers behind one address.

    Args:
        address (str): Of nginx, without a slash at the end.
        servers (tuple of Server): The servers behind it, the first of them number 1 in the cookie.
        log (Path): What nginx has printed.
    """

    address: str
    servers: tuple[Server, ...]
    log: Path

    def serving(self, cookies: Mapping[str, str]) -> int:
        """Which server has these cookies, from 0.

        Args:
            cookies (mapping): Values by name.
        """
        return int(cookies["infecon_replica"]) - 1

    def kill(self, number: int) -> None:
        """End a server as a machine ends it that fails: without a word."""
        os.kill(self.servers[number].pid, signal.SIGKILL)


def find_nginx() -> str | None:
    """Path of nginx, or None where there is none."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


def configuration(listen: str, servers: tuple[str, str], hosts: str) -> str:
    """The configuration of deploy/ with addresses in it, as the image of nginx fills it.

    Args:
        listen (str): Host and port at which nginx answers, or a port.
        servers (str, str): Host and port of both replicas.
        hosts (str): Names under which the dashboard is known.
    """
    values = {"LISTEN": listen, "REPLICA_1": servers[0], "REPLICA_2": servers[1], "HOSTS": hosts}
    text = TEMPLATE.read_text(encoding="utf-8")
    for name, value in values.items():
        # As envsubst does: these names alone, so that nginx keeps its own.
        text = text.replace(f"${{{name}}}", value)
    return text


def write_configuration(folder: Path, text: str) -> Path:
    """Write the configuration into a folder where nginx can run; gives the main file."""
    (folder / "infecon.conf").write_text(text, encoding="utf-8")
    main = folder / "nginx.conf"
    main.write_text(Template(MAIN).substitute(folder=folder), encoding="utf-8")
    return main


@contextmanager
def in_front(servers: tuple[Server, Server], hosts: str = HOST) -> Iterator[Replicas]:
    """Nginx in front of two servers that run already; gone at the end, whatever happened.

    Args:
        servers (Server, Server): The servers.
        hosts (str): Names under which the dashboard is known.
    """
    nginx = find_nginx()
    assert nginx is not None, "there is no nginx here; apt-get install nginx gives one"
    port = free_port()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        folder.chmod(0o755)  # the workers of nginx belong to another user where root starts it
        addresses = tuple(server.address.removeprefix("http://") for server in servers)
        main = write_configuration(folder, configuration(f"{HOST}:{port}", (addresses[0], addresses[1]), hosts))
        log = folder / "nginx.log"
        with log.open("w", encoding="utf-8") as stream:
            process = subprocess.Popen(
                [nginx, "-p", str(folder), "-e", "stderr", "-c", str(main)], stdout=stream, stderr=subprocess.STDOUT
            )
        try:
            found = Replicas(f"http://{HOST}:{port}", servers, log)
            wait_until_healthy(found.address, process, log)
            yield found
        finally:
            end(process)


@contextmanager
def replicas(script: Path = ROOT / "asgi.py", hosts: str = HOST) -> Iterator[Replicas]:
    """Nginx in front of two fresh servers of `script`; gone at the end, whatever happened.

    Args:
        script (Path): What the servers run.
        hosts (str): Names under which the dashboard is known.
    """
    # The same for both: a form that one has given out is accepted by the other.
    secret = {"STREAMLIT_SERVER_COOKIE_SECRET": token_hex(32)}
    with ExitStack() as stack:
        first, second = (stack.enter_context(serving(script, environment=secret)) for _ in range(2))
        yield stack.enter_context(in_front((first, second), hosts))


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
