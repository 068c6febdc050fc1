"""The rules of the house that a machine can keep."""

import re
import subprocess
from pathlib import Path

import pytest

from microblog import config
from microblog.faces.jobs import JOBS, PERIODIC

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted(path for path in (ROOT / "microblog").rglob("*.py") if "versions" not in path.parts)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
OWN_STATIC = [path for kind in ("css", "js") for path in sorted((ROOT / "static" / kind).rglob("*"))]
PAGES = [path for path in TEMPLATES if path.parent.name != "letters"]  # a mail program knows no style sheet of ours
LONGEST_FILE = 400

# These only wire others together, or are Alembic's own script; the tests of what they wire test them.
WITHOUT_TESTS = {
    "microblog/__main__.py",
    "microblog/migrations/env.py",
    "microblog/commands/settings.py",
}


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", [*SOURCES, *TEMPLATES, *OWN_STATIC, *sorted((ROOT / "tests").rglob("*.py"))], ids=name)
def test_no_file_is_longer_than_one_thought(path):
    assert len(path.read_text("utf-8").splitlines()) <= LONGEST_FILE


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_every_module_says_first_what_lives_in_it(path):
    assert path.read_text("utf-8").startswith('"""')


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_every_source_file_has_its_test_file(path):
    if path.name in ("__init__.py", "routes.py") or name(path) in WITHOUT_TESTS or path.parent.name == "models":
        return
    twin = ROOT / "tests" / path.relative_to(ROOT / "microblog").with_name(f"test_{path.name}")
    assert twin.exists(), f"{name(path)} has no {name(twin)}"


def test_only_the_doors_commit():
    doors = {"alarm.py", "app.py", "worker.py", "request.py"}
    for path in SOURCES:
        if "commands" not in path.parts and path.name not in doors:
            assert not re.search(r"\.commit\(\)", path.read_text("utf-8")), name(path)


def test_every_job_that_is_promised_can_be_done():
    promised = {
        found
        for path in SOURCES
        for found in re.findall(r'enqueue\(\s*\w+(?:\.\w+)*,\s*"(jobs\.[\w.]+)"', path.read_text("utf-8"))
    }
    assert promised <= JOBS.keys()
    assert PERIODIC.keys() <= JOBS.keys()
    for address, job in JOBS.items():
        assert f"jobs.{job.__module__.rpartition('.')[2]}.{job.__name__}" == address


@pytest.mark.row("MT-03.7")
@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_no_link_is_written_by_hand(path):
    text = re.sub(r"\{#.*?#\}", "", path.read_text("utf-8"), flags=re.DOTALL)
    for attribute, value in re.findall(r'\b(href|src|action|formaction|srcset|poster)="([^"]*)"', text):
        assert value.startswith(("{{", "#", "{%")), f'{attribute}="{value}"'


@pytest.mark.parametrize("path", [path for path in OWN_STATIC if path.suffix == ".js"], ids=name)
def test_no_script_writes_an_address(path):
    for text in re.findall(r"""["'`](/[^"'`\n]*)["'`]""", path.read_text("utf-8")):
        assert text.startswith(("/*", "//")) or len(text) == 1, text


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_nothing_is_inline_and_nothing_is_trusted(path):
    text = path.read_text("utf-8")
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert "|safe" not in text.replace(" ", "")
    assert "autoescape false" not in text


def test_every_template_is_used_by_somebody():
    everything = "\n".join(path.read_text("utf-8") for path in [*SOURCES, *TEMPLATES])
    for path in TEMPLATES:
        called = path.relative_to(ROOT / "templates").as_posix()
        assert f'"{called}"' in everything or (path.parent.name == "letters" and f'"{path.stem}"' in everything), called


def test_a_page_that_is_not_public_sends_strangers_to_the_login(app, browser):
    values = {
        "post_id": "1",
        "username": "nobody",
        "user_id": "1",
        "fingerprint": "0",
        "name": "x",
        "mark": "x",
        "task_id": "x",
        "notification_id": "1",
        "poll_id": "1",
        "token_id": "1",
    }
    closed = 0
    for route in app.urls.routes:
        if route.is_public or route.face.name != "web":
            continue
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: values[found[1]], route.rule)
        answer = browser.open(path, method=route.verb)
        assert answer.status_code in (302, 303), f"{route.verb} {path}"
        assert "/auth/login" in answer.headers["Location"]
        closed += 1
    assert closed > 5


def test_every_limit_a_route_names_is_defined(app):
    from microblog.faces.web.door import LIMITS

    assert {route.limit for route in app.urls.routes if route.face.name == "web"} <= LIMITS.keys()


@pytest.mark.row("XC-05", "TK-13")
def test_the_example_of_the_settings_names_each_setting_and_no_value():
    wanted = set(re.findall(r'settings\.\w+\(\s*"([A-Z_]+)"', Path(config.__file__).read_text("utf-8")))
    wanted |= set(re.findall(r'environ\.get\("([A-Z_]+)"', Path(config.__file__).read_text("utf-8")))
    lines = [line for line in (ROOT / ".env.example").read_text("utf-8").splitlines() if line and not line.startswith("#")]
    for_uwsgi = set(re.findall(r"if-env = (\w+)", (ROOT / "uwsgi.ini").read_text("utf-8")))
    assert wanted <= {line.partition("=")[0] for line in lines} <= wanted | for_uwsgi
    assert all(line.endswith("=") for line in lines)


@pytest.mark.row("XC-05", "XC-06", "MT-15.5")
def test_no_secret_of_the_sources_and_no_machines_path_is_in_the_tree():
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    for line in listed.splitlines():
        path = ROOT / line
        if (
            path.suffix not in {".py", ".html", ".js", ".css", ".ini", ".conf", ".cfg", ".toml", ".md", ".txt", ".lock", ""}
            or not path.is_file()
        ):
            continue
        if line.startswith(("tests/", "static/vendor/")) or line == "microblog/config.py":
            continue
        text = path.read_text("utf-8", errors="replace")
        assert not re.search(r"you-will-never-guess|HELLO_MY_SECRET|test1234", text), line
        assert not re.search(r"(?<![\w.])/(work|home|root)/\w", text), line
    assert ".env" in (ROOT / ".gitignore").read_text().split()


def test_what_others_have_made_carries_its_licence():
    for folder in (ROOT / "static" / "vendor").iterdir():
        assert any("licen" in path.name.lower() or path.name == "OFL.txt" for path in folder.iterdir()), name(folder)


@pytest.mark.row("MT-15.6")
def test_every_package_is_pinned_with_its_hash():
    for lock in ("requirements.lock", "requirements-test.lock"):
        text = (ROOT / lock).read_text("utf-8")
        pins = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
        assert pins
        assert all(re.match(r"[a-z0-9._-]+==\S+.*\\\n +--hash=sha256:", pin) for pin in pins)
        assert "://" not in text


@pytest.mark.row("MT-15.2")
def test_each_noun_has_the_same_name_on_every_floor():
    handlers = {path.stem for path in (ROOT / "microblog" / "faces").glob("*/*.py")}
    for folder in (ROOT / "templates").iterdir():
        if folder.name not in {"layout", "shared", "letters", "errors"}:
            assert folder.name in handlers, folder.name


@pytest.mark.row("MT-D43", "XC-02")
def test_pages_load_nothing_from_elsewhere():
    for path in [*PAGES, *OWN_STATIC]:
        text = path.read_text("utf-8")
        assert not re.search(r"""(?:src|href|url|import|fetch)\s*[=(]?\s*["'(]*https?://""", text), name(path)


@pytest.mark.row("MT-07.4")
def test_there_is_no_debugger_in_the_house():
    for path in SOURCES:
        assert not re.search(
            r"werkzeug\.debug|DebuggedApplication|use_debugger|pdb\.set_trace|breakpoint\(", path.read_text("utf-8")
        ), name(path)


@pytest.mark.row("MT-D16")
def test_letters_go_through_the_queue_and_never_through_a_thread_of_a_request():
    for path in SOURCES:
        if path.parent.name in ("web", "core") and path.stem != "passwords":
            assert not re.search(r"threading|smtplib|gateways\.mail", path.read_text("utf-8")), name(path)


@pytest.mark.row("XC-01", "XC-07")
def test_no_other_framework_stands_beside_ours():
    for lock in ("requirements.lock",):
        pinned = re.findall(r"^([a-z0-9-]+)==", (ROOT / lock).read_text("utf-8"), re.MULTILINE)
        assert not {"flask", "django", "fastapi", "celery", "redis", "gunicorn", "psycopg", "pydantic", "requests"} & set(pinned)
