"""sites: the project's own files with what a load needs changed and no more; that they serve is shown by test_course."""

import re

import pytest

from microblog import config
from microblog.bench import BenchError, sites
from microblog.bench.plan import Point
from microblog.bench.sites import Site
from microblog.config import ROOT

from .conftest import KEYS

CONF = (ROOT / "nginx.conf").read_text("utf-8")


def test_nginx_has_another_port_and_open_walls_and_is_else_as_it_is():
    changed = sites.opened(CONF, 4711).splitlines()
    assert [line for line in CONF.splitlines() if line not in changed] == [
        "    listen 127.0.0.1:8080 default_server backlog=1024;",
        "    limit_conn connections 200;",
        "    limit_req zone=requests burst=400 nodelay;",
        "      limit_req zone=doors burst=100 nodelay;",
        "      limit_req zone=programs burst=200 nodelay;",
    ]
    assert "    listen 127.0.0.1:4711 default_server backlog=1024;" in changed


def test_an_nginx_conf_that_has_changed_is_not_measured_by_mistake():
    with pytest.raises(BenchError, match="'limit_conn connections 200;' 0 times instead of once"):
        sites.opened(CONF.replace("limit_conn connections 200;", "limit_conn connections 300;"), 4711)


def test_the_mount_is_the_one_that_nginx_has():
    assert re.search(rf"location {sites.MOUNT}/ \{{ uwsgi_pass", CONF)


def test_settings_are_those_of_production_and_a_env_file_can_change_none():
    settings = sites.environment("postgresql://x@/y", Point(2, 4), port=4711, keys=KEYS)
    names = {line.partition("=")[0] for line in (ROOT / ".env.example").read_text("utf-8").splitlines() if "=" in line}
    assert names <= settings.keys()
    found = config.read(settings)
    assert found.is_production
    assert not found.rate_limits
    assert (found.public_url, found.posts_per_page) == ("http://127.0.0.1:4711/microblog", 25)
    assert (found.processes, found.threads) == (2, 4)
    assert found.database_replica_url == ""


def test_without_nginx_uwsgi_listens_itself(tmp_path):
    assert Site(tmp_path, {}, 4711, nginx=None).settings["MICROBLOG_HTTP"] == "127.0.0.1:4711"
    assert "MICROBLOG_HTTP" not in Site(tmp_path, {}, 4711, nginx="/usr/sbin/nginx").settings


def test_programs_that_are_missing_are_named_with_their_package(monkeypatch, tmp_path):
    monkeypatch.setattr("shutil.which", lambda name, path=None: None)
    with pytest.raises(BenchError, match="apt install nginx, or measure uWSGI alone with --no-nginx"):
        sites.nginx_program()
    with pytest.raises(BenchError, match="uWSGI is not installed: pip install pyuwsgi"):
        Site(tmp_path, {"PROCESSES": "1"}, 4711, nginx=None).start()


def test_a_site_that_does_not_start_says_why_and_is_gone(tmp_path, monkeypatch):
    monkeypatch.setattr(sites, "READY_WITHIN", 3.0)
    settings = sites.environment("postgresql://x@/y", Point(1, 1), port=(port := sites.free_port()), keys=KEYS)
    site = Site(tmp_path, settings, port, nginx=None, wsgi="raise RuntimeError('no wish to')\n")
    try:
        with pytest.raises(BenchError, match=r"(?s)did not get ready.*uwsgi\.log: .*no wish to"):
            site.start()
    finally:
        site.stop(at_once=True)
    assert site.running["uwsgi"].poll() is not None


def test_errors_in_the_logs_are_complaints(tmp_path):
    site = Site(tmp_path, {}, 4711, nginx=None)
    site.log.mkdir(parents=True)
    (site.log / "uwsgi.log").write_text('well\n{"level": "ERROR", "message": "x"}\nsetrlimit(RLIMIT_NOFILE) [alert]\n')
    assert site.complaints() == ['{"level": "ERROR", "message": "x"}']


def test_nobody_listening_has_no_status():
    assert sites.status(f"http://127.0.0.1:{sites.free_port()}/") == 0
