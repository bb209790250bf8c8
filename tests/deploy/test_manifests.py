"""Compose and Kubernetes: the files read, agree with each other, with nginx and with the image."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from infecon_ui.hosting import ending, headers, warm
from infecon_ui.work.answer import SERVER_BYTES, shares
from infecon_ui.work.worker import MEMORY_BYTES
from tests.support.container import instructions


@pytest.fixture(scope="module")
def compose(root: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((root / "deploy" / "compose.yaml").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def manifests(root: Path) -> dict[str, dict[str, Any]]:
    """Kubernetes' objects by kind and name."""
    return {
        f"{one['kind']}/{one['metadata']['name']}": one
        for path in sorted((root / "deploy" / "kubernetes").glob("*.yaml"))
        for one in yaml.safe_load_all(path.read_text(encoding="utf-8"))
    }


@pytest.fixture(scope="module")
def pod(manifests: dict[str, dict[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = manifests["Deployment/infecon"]["spec"]["template"]["spec"]
    return found


@pytest.fixture(scope="module")
def container(pod: dict[str, Any]) -> dict[str, Any]:
    (found,) = pod["containers"]
    assert isinstance(found, dict)
    return found


def test_compose_has_two_replicas_behind_the_proxy(compose: dict[str, Any]) -> None:
    replicas = {name: one for name, one in compose["services"].items() if name.startswith("replica")}
    assert len(replicas) == 2
    proxy = compose["services"]["proxy"]
    assert set(proxy["depends_on"]) == set(replicas)
    addresses = [one["networks"]["inside"]["ipv4_address"] + ":8501" for one in replicas.values()]
    assert addresses == [proxy["environment"]["REPLICA_1"], proxy["environment"]["REPLICA_2"]]
    assert compose["networks"]["inside"]["internal"] is True
    # Nobody but the proxy is reached from outside.
    assert [name for name, one in compose["services"].items() if "ports" in one] == ["proxy"]


def test_compose_locks_its_containers(compose: dict[str, Any]) -> None:
    for name, one in compose["services"].items():
        assert one["read_only"] is True, name
        assert one["cap_drop"] == ["ALL"], name
        assert one["security_opt"] == ["no-new-privileges:true"], name
        assert {"mem_limit", "pids_limit"} <= one.keys(), name
        assert any(text.startswith("/tmp:") for text in one["tmpfs"]), name  # noqa: S108 - inside the container
        assert re.search(r":[\w.-]*\d", one["image"]) or "build" in one, name


def test_compose_answers_no_name_that_nobody_gave(compose: dict[str, Any]) -> None:
    replica, proxy = (compose["services"][name]["environment"] for name in ("replica-1", "proxy"))
    assert replica["STREAMLIT_SERVER_ALLOWED_HOSTS"] == proxy["HOSTS"]
    assert proxy["HOSTS"].startswith("${HOSTS:?")


def test_the_proxy_is_given_every_variable_of_its_template(compose: dict[str, Any], root: Path) -> None:
    template = (root / "deploy" / "nginx.conf.template").read_text(encoding="utf-8")
    wanted = set(re.findall(r"\$\{(\w+)\}", template))
    environment = compose["services"]["proxy"]["environment"]
    assert wanted == environment.keys() - {"NGINX_ENVSUBST_FILTER"}
    known = re.compile(environment["NGINX_ENVSUBST_FILTER"].replace("$$", "$"))
    assert all(known.match(name) for name in wanted)
    assert not known.match("host")
    mounts = [text.split(":")[0] for text in compose["services"]["proxy"]["volumes"]]
    assert all((root / "deploy" / mount).is_file() for mount in mounts)


def test_what_is_set_is_what_the_dashboard_reads(
    compose: dict[str, Any], manifests: dict[str, dict[str, Any]], container: dict[str, Any], root: Path
) -> None:
    ours = {ending.PATIENCE, headers.FRAMES, warm.PAGES}
    image = {
        word.partition("=")[0] for words in instructions(root) if words[0] == "ENV" for word in words[1:] if "=" in word
    }
    given = set(compose["services"]["replica-1"]["environment"]) | set(manifests["ConfigMap/infecon"]["data"]) | image
    assert {name for name in given if name.startswith("INFECON_")} <= ours
    # Of Streamlit's options these have no default that could be right for two.
    secrets = {one["name"] for one in container["env"]}
    assert "STREAMLIT_SERVER_COOKIE_SECRET" in secrets
    assert ":?" in compose["services"]["replica-1"]["environment"]["STREAMLIT_SERVER_COOKIE_SECRET"]


def test_the_pod_may_do_little(pod: dict[str, Any], container: dict[str, Any], root: Path) -> None:
    user = next(words[1] for words in instructions(root) if words[0] == "USER")
    assert f"{pod['securityContext']['runAsUser']}:{pod['securityContext']['runAsGroup']}" == user
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["automountServiceAccountToken"] is False
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert {mount["mountPath"] for mount in container["volumeMounts"]} == {"/tmp"}  # noqa: S108 - inside the container
    assert {"requests", "limits"} <= container["resources"].keys()


def test_probes_ask_for_what_is_served(container: dict[str, Any]) -> None:
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    assert ports == {"http": 8501}
    for name in ("startupProbe", "readinessProbe"):
        assert container[name]["httpGet"] == {"path": "/_stcore/health", "port": "http"}
    assert container["livenessProbe"]["tcpSocket"] == {"port": "http"}
    start = container["startupProbe"]
    assert start["periodSeconds"] * start["failureThreshold"] >= 180


def test_long_work_fits_beside_the_server(compose: dict[str, Any], container: dict[str, Any]) -> None:
    replica, limits = compose["services"]["replica-1"], container["resources"]["limits"]
    mib = 1 << 20
    for cores, memory_bytes in (
        (replica["cpus"], int(replica["mem_limit"].removesuffix("m")) * mib),
        (float(limits["cpu"]), int(limits["memory"].removesuffix("Mi")) * mib),
    ):
        processes, n_bytes = shares(int(cores), memory_bytes)
        assert processes * n_bytes + SERVER_BYTES <= memory_bytes
        # The longest file needs a quarter of what a process may take at most.
        assert n_bytes >= MEMORY_BYTES // 2


def test_a_pod_has_time_to_end(
    pod: dict[str, Any], manifests: dict[str, dict[str, Any]], container: dict[str, Any]
) -> None:
    patience_s = float(manifests["ConfigMap/infecon"]["data"][ending.PATIENCE])
    assert patience_s + 10 <= pod["terminationGracePeriodSeconds"]
    ready = container["readinessProbe"]
    assert ready["periodSeconds"] * ready["failureThreshold"] < patience_s


def test_labels_lead_from_the_way_in_to_the_pods(manifests: dict[str, dict[str, Any]]) -> None:
    labels = manifests["Deployment/infecon"]["spec"]["template"]["metadata"]["labels"]
    assert manifests["Deployment/infecon"]["spec"]["selector"]["matchLabels"] == labels
    assert manifests["PodDisruptionBudget/infecon"]["spec"]["selector"]["matchLabels"] == labels
    assert manifests["Service/infecon"]["spec"]["selector"] == labels
    # The closed service has a label that no pod has.
    assert not manifests["Service/infecon-closed"]["spec"]["selector"].items() <= labels.items()
    (rule,) = manifests["Ingress/infecon"]["spec"]["rules"]
    to = {path["path"]: path["backend"]["service"]["name"] for path in rule["http"]["paths"]}
    assert to.pop("/") == "infecon"
    assert set(to) == {"/_stcore/metrics", "/_stcore/agent", "/_stcore/script-health-check"}
    assert set(to.values()) == {"infecon-closed"}


def test_both_ways_in_bound_the_same(manifests: dict[str, dict[str, Any]], root: Path) -> None:
    template = (root / "deploy" / "nginx.conf.template").read_text(encoding="utf-8")
    notes = manifests["Ingress/infecon"]["metadata"]["annotations"]

    def note(name: str) -> str:
        return str(notes[f"nginx.ingress.kubernetes.io/{name}"])

    assert f"client_max_body_size {note('proxy-body-size')};" in template
    assert f"zone=requests:10m rate={note('limit-rps')}r/s" in template
    assert f"limit_conn connections {note('limit-connections')};" in template
    # What the dashboard takes passes, with room for the form around it.
    assert int(note("proxy-body-size").removesuffix("k")) * 1024 > 1.1 * 2**20
