"""deploy/compose.yaml and the images it is made of. tests/deploy/containers.sh runs all of it where there are podman and buildah."""

import re
import shlex
from typing import Any

import pytest
import yaml

from microblog import config
from microblog.config import ROOT

from .artefacts import DEPLOY, HOME, assert_there, image_environment, instructions, settings_known
from .installation import SECRET_KEY, adapted

COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]


@pytest.mark.row("MT-19.4", "MT-19.5", "MT-19.6", "MT-19.7", "MT-19.8", "MT-18.3")
def test_compose_starts_a_database_the_web_a_worker_and_nginx_from_nothing():
    assert SERVICES.keys() == {"dbserver", "web", "worker", "nginx"}
    assert {name: service["ports"] for name, service in SERVICES.items() if "ports" in service} == {
        "nginx": ["${LISTEN:-127.0.0.1}:8000:8080"]
    }
    assert SERVICES["dbserver"]["environment"]["POSTGRES_PASSWORD"] == "${POSTGRES_PASSWORD:?}"
    for name in ("web", "worker", "nginx"):
        build = SERVICES[name]["build"]
        assert (ROOT / "deploy" / build["context"]).resolve() == ROOT
        assert (ROOT / build["dockerfile"]).is_file()
    for name in ("web", "worker"):
        service = SERVICES[name]
        assert service["image"] == "microblog", "one image for both"
        assert set(service["environment"]) <= settings_known()
        assert "@dbserver/microblog" in service["environment"]["DATABASE_URL"]
        assert service["environment"]["SECRET_KEY"] == "${SECRET_KEY:?}", "no secret stands in the file"
    assert "entrypoint" not in SERVICES["web"]
    assert_there(shlex.join(SERVICES["worker"]["entrypoint"]))


@pytest.mark.row("MT-19.5", "MT-19.7")
def test_nobody_in_a_container_is_root_or_writes_but_into_memory_and_the_database():
    for name, service in SERVICES.items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["restart"] == "unless-stopped", name
        assert "/tmp" in service["tmpfs"], name
    assert {name: service.get("volumes", []) for name, service in SERVICES.items()} == {
        "dbserver": ["database:/var/lib/postgresql/data"],
        "web": ["sockets:/run/microblog"],
        "worker": [],
        "nginx": ["sockets:/run/microblog:ro"],
    }
    memory = COMPOSE["volumes"]["sockets"]["driver_opts"]
    assert memory["type"] == "tmpfs"
    assert "uid=10001,gid=10001" in memory["o"]
    assert {f"{HOME}/var", "/tmp"} == set(SERVICES["web"]["tmpfs"]) == set(SERVICES["worker"]["tmpfs"])
    assert SERVICES["dbserver"]["user"] == "999:999"
    assert ("USER", "101:10001") in instructions("nginx.Dockerfile"), "in the group of the program, whose socket it uses"
    assert "--gid 10001" in (DEPLOY / "Dockerfile").read_text("utf-8")
    assert "--uid 10001" in (DEPLOY / "Dockerfile").read_text("utf-8")


def test_nginx_is_in_no_network_with_the_database():
    networks = {name: set(service["networks"]) for name, service in SERVICES.items()}
    assert networks == {"nginx": {"front"}, "dbserver": {"back"}, "web": {"back"}, "worker": {"back"}}
    web = SERVICES["web"]["environment"]
    assert (web["MICROBLOG_HTTP"], web["MICROBLOG_RUN"]) == ("", "/run/microblog"), "by a socket alone"


def test_nginx_in_a_container_is_nginx_conf_at_the_root_of_a_host():
    def said(conf: str) -> list[str]:
        lines = [line.strip() for line in conf.splitlines()]
        return [line for line in lines if line and not line.startswith("#")]

    wanted = adapted((ROOT / "nginx.conf").read_text("utf-8"), 8080, "", walls=True)
    for old, new, times in (
        ("listen 127.0.0.1:8080 ", "listen 8080 ", 1),
        ("pid var/run/", "pid /tmp/", 1),
        ("error_log var/log/nginx-error.log", "error_log /dev/stderr", 1),
        ("_temp_path var/run/", "_temp_path /tmp/", 5),
        ("unix:var/run/", "unix:/run/microblog/", 2),
        ("alias static/", f"alias {HOME}/static/", 1),
    ):
        assert wanted.count(old) == times, old
        wanted = wanted.replace(old, new)
    assert said((DEPLOY / "nginx-compose.conf").read_text("utf-8")) == said(wanted)
    assert ("COPY", "static/ /srv/microblog/static/") in instructions("nginx.Dockerfile")
    assert ("COPY", "deploy/nginx-compose.conf /etc/nginx/nginx.conf") in instructions("nginx.Dockerfile")


def test_what_compose_says_by_default_is_a_configuration():
    environment = dict(SERVICES["web"]["environment"])
    given = {"POSTGRES_PASSWORD": "0f" * 16, "SECRET_KEY": SECRET_KEY}
    for name, value in environment.items():
        environment[name] = re.sub(r"\$\{(\w+)(?::-([^}]*)|:\?)\}", lambda found: given.get(found[1], found[2] or ""), value)
    read = config.read(image_environment() | environment)
    assert (read.is_production, read.public_url, read.processes) == (True, "http://localhost:8000", 2)
