"""Settings: what is meant is understood, what cannot be meant is refused by name, all at once."""

import dataclasses
import os
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microblog import config
from microblog.config import ConfigError, clean_mount

KEY = "0f3a9c5e71b2d84640e1c7a95b3d2f68"
PRODUCTION = {
    "MICROBLOG_ENV": "production",
    "DATABASE_URL": "postgresql://me:hidden@h/x",
    "SECRET_KEY": KEY,
    "PUBLIC_URL": "https://example.org/microblog",
}


@pytest.fixture
def read(tmp_path):
    """Reads settings in a checkout of their own; by default with a secret, so that none is made."""
    return lambda **environ: config.read({"SECRET_KEY": KEY} | environ, tmp_path)


def refused(read, **environ: str) -> list[str]:
    """The lines of a refusal."""
    with pytest.raises(ConfigError) as refusal:
        read(**environ)
    return str(refusal.value).splitlines()


# Where nothing is said


@pytest.mark.row("XC-05", "MT-01.2", "MT-09.7", "MT-13.1")
def test_a_developer_need_not_say_anything(read, tmp_path):
    found = read()
    assert (found.environment, found.is_production, found.database_url) == ("development", False, "")
    assert (found.public_url, found.host_to_bind, found.port) == ("http://127.0.0.1:8000", "127.0.0.1", 8000)
    assert (found.post_length, found.posts_per_page, found.languages) == (300, 25, ("en", "es", "ko"))
    assert (found.processes, found.threads, found.workers) == (2, 4, 1)
    assert (found.registration_open, found.rate_limits, found.log_to_stdout, found.log_format) == (True, True, False, "text")
    assert found.log_dir == tmp_path / "logs"


def test_a_blank_setting_is_one_that_is_not_there(read):
    assert read(PORT=" ", MOUNT="", MICROBLOG_ENV="  ") == read()


@pytest.mark.row("MT-D01")
def test_a_developers_key_is_made_once_and_for_its_owner_alone(tmp_path):
    keys = {config.read({}, tmp_path).secret_keys for _ in range(3)}
    file = tmp_path / "var" / "secret_key"
    assert keys == {(file.read_text(),)}
    assert re.fullmatch("[0-9a-f]{64}", file.read_text())
    assert file.stat().st_mode & 0o077 == 0
    assert [path.name for path in file.parent.iterdir()] == ["secret_key"]


def test_processes_that_start_at_once_have_the_same_key(tmp_path):
    with ThreadPoolExecutor(16) as pool:
        keys = set(pool.map(lambda _: config.read({}, tmp_path).secret_keys, range(64)))
    assert len(keys) == 1


def test_a_given_key_makes_no_file(read, tmp_path):
    read()
    assert list(tmp_path.iterdir()) == []


# Production


def test_production_is_what_was_said(read):
    found = read(**PRODUCTION)
    assert found.is_production
    assert (found.scheme, found.host, found.mount, found.log_format) == ("https", "example.org", "/microblog", "json")


@pytest.mark.row("MT-D01", "MT-03.1", "XC-05")
def test_production_does_not_start_without_key_database_and_address(tmp_path):
    with pytest.raises(ConfigError) as refusal:
        config.read({"MICROBLOG_ENV": "production"}, tmp_path)
    assert str(refusal.value).splitlines() == [
        f"{name} must be set in production." for name in ("DATABASE_URL", "SECRET_KEY", "PUBLIC_URL")
    ]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.row("MT-D01")
@pytest.mark.parametrize(
    "key",
    [
        "short",
        "you-will-never-guess-this-one-because-it-is-long",
        "changeme" * 5,
        "SECRET" * 8,
        "aaaaaaaabbbbbbbbaaaaaaaabbbbbbbb",
        f"{KEY},old",
        ",",
        " , ",
    ],
)
def test_production_does_not_start_with_a_weak_key(read, key):
    (line,) = refused(read, **PRODUCTION | {"SECRET_KEY": key})
    assert line.startswith("SECRET_KEY ")
    assert KEY not in line


@pytest.mark.row("MT-D01")
def test_nor_does_a_site_that_was_meant_for_others_and_is_not_said_to_be_production(read, tmp_path):
    (line,) = refused(read, PUBLIC_URL=" HTTPS://example.org", SECRET_KEY=f"{KEY},old")
    assert line.startswith("SECRET_KEY cannot be used")
    assert read(PUBLIC_URL="https://example.org", SECRET_KEY=KEY).secret_keys == (KEY,)
    assert len(config.read({"PUBLIC_URL": "https://example.org"}, tmp_path).secret_keys[0]) == 64


def test_production_is_reached_by_tls_except_on_the_machine_itself(read):
    assert refused(read, **PRODUCTION | {"PUBLIC_URL": "http://example.org"}) == [
        "PUBLIC_URL cannot be used: it must begin with https:// in production."
    ]
    for host in ("localhost", "127.0.0.1", "[::1]"):
        assert read(**PRODUCTION | {"PUBLIC_URL": f"http://{host}"}).scheme == "http"


def test_the_newest_key_is_the_first_and_old_ones_follow(read):
    assert read(SECRET_KEY="new, old ,,older").secret_keys == ("new", "old", "older")
    assert refused(read, SECRET_KEY="same,same")[0].startswith("SECRET_KEY cannot be used")


# One by one


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MICROBLOG_ENV", "prod"),
        ("DATABASE_URL", "mysql://h/x"),
        ("DATABASE_URL", "app.db"),
        ("DATABASE_URL", "postgresql://h:port/x"),
        ("PUBLIC_URL", "example.org"),
        ("PUBLIC_URL", "ftp://example.org"),
        ("PUBLIC_URL", "https://"),
        ("PUBLIC_URL", "https://me@example.org"),
        ("PUBLIC_URL", "https://example.org/?a=b"),
        ("PUBLIC_URL", "https://example.org/#a"),
        ("PUBLIC_URL", "https://[::1"),
        ("PUBLIC_URL", "https://example.org:port"),
        ("PUBLIC_URL", "https://example.org:99999"),
        ("PUBLIC_URL", "https://exam ple.org"),
        ("PUBLIC_URL", "https://example.org/a b"),
        ("PUBLIC_URL", "https://example.org/../a"),
        ("MOUNT", "/a b"),
        ("MOUNT", "/a/../b"),
        ("MOUNT", "/한글"),
        ("MOUNT", "//evil.test//x"),
        ("POST_LENGTH", "0"),
        ("POST_LENGTH", "5001"),
        ("POST_LENGTH", "many"),
        ("POSTS_PER_PAGE", "101"),
        ("LANGUAGES", "english"),
        ("LANGUAGES", ","),
        ("LANGUAGES", "en,../es"),
        ("LANGUAGES", "en,qq"),
        ("REGISTRATION", "maybe"),
        ("RATE_LIMITS", "2"),
        ("LOG_TO_STDOUT", "stdout"),
        ("LOG_FORMAT", "xml"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "٨٠"),
        ("PORT", "8000.0"),
        ("PROCESSES", "-1"),
        ("THREADS", "1e3"),
        ("WORKERS", "65"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_its_name(read, name, value):
    lines = refused(read, **{name: value})
    assert [line.partition(" ")[0] for line in lines] == [name]


def test_everything_that_is_wrong_is_said_at_once(read):
    lines = refused(read, PORT="x", THREADS="x", LANGUAGES="x x", MICROBLOG_ENV="x")
    assert {line.partition(" ")[0] for line in lines} == {"PORT", "THREADS", "LANGUAGES", "MICROBLOG_ENV"}


@pytest.mark.row("MT-D14")
@pytest.mark.parametrize(
    ("value", "on"),
    [("1", True), ("true", True), ("ON", True), ("yes", True), ("0", False), ("false", False), ("Off", False), ("no", False)],
)
def test_a_switch_is_on_or_off_in_many_words(read, value, on):
    assert read(LOG_TO_STDOUT=value).log_to_stdout is on


@pytest.mark.row("MT-18.5")
@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg2"])
def test_every_spelling_of_a_postgres_address_is_taken(read, scheme):
    assert read(DATABASE_URL=f"{scheme}://h/x").database_url == f"{scheme}://h/x"


@pytest.mark.row("MT-18.4")
def test_port_and_processes_come_from_the_platform(read):
    assert (read(PORT="5000").port, read(WEB_CONCURRENCY="3").processes) == (5000, 3)
    assert read(WEB_CONCURRENCY="3", PROCESSES="5").processes == 5


def test_no_workers_are_no_workers(read):
    assert read(WORKERS="0").workers == 0


def test_registration_can_be_closed(read):
    assert read(REGISTRATION="Closed").registration_open is False


@pytest.mark.row("MT-13.14")
def test_languages_are_taken_in_their_order_and_once(read):
    assert read(LANGUAGES=" ko, en,ko ,pt-BR,").languages == ("ko", "en", "pt-BR")


def test_logs_may_lie_elsewhere(read, tmp_path):
    assert read(LOG_DIR="var/log").log_dir == tmp_path / "var" / "log"
    assert str(read(LOG_DIR="/var/log/microblog").log_dir) == "/var/log/microblog"


# The address


@pytest.mark.parametrize(
    ("environ", "address"),
    [
        ({"PORT": "9000"}, "http://127.0.0.1:9000"),
        ({"PORT": "80"}, "http://127.0.0.1"),
        ({"MOUNT": "blog"}, "http://127.0.0.1:8000/blog"),
        ({"HOST": "0.0.0.0"}, "http://127.0.0.1:8000"),
        ({"HOST": "::"}, "http://127.0.0.1:8000"),
        ({"HOST": "::1"}, "http://[::1]:8000"),
        ({"HOST": "blog.test", "PORT": "1"}, "http://blog.test:1"),
        ({"PUBLIC_URL": "HTTPS://Example.ORG:443/A/", "MOUNT": "/b", "PORT": "9"}, "https://example.org/A"),
        ({"PUBLIC_URL": "http://example.org:80"}, "http://example.org"),
        ({"PUBLIC_URL": "http://example.org:443/"}, "http://example.org:443"),
        ({"PUBLIC_URL": "http://[::1]:8000/a"}, "http://[::1]:8000/a"),
    ],
)
def test_the_site_has_one_address(read, environ, address):
    found = read(**environ)
    assert found.public_url == address == f"{found.scheme}://{found.host}{found.mount}"


@pytest.mark.row("XC-02")
@pytest.mark.parametrize(
    ("typed", "mount"),
    [("", ""), ("/", ""), ("a", "/a"), ("/a/", "/a"), (" /a/b ", "/a/b"), ("~me/-_.", "/~me/-_."), ("/60162176", "/60162176")],
)
def test_a_mount_is_empty_or_begins_with_a_slash_and_ends_with_none(typed, mount):
    assert clean_mount(typed) == mount


@given(st.text(max_size=20) | st.text("/.a%\\~ ", max_size=12))
def test_no_mount_leads_out_of_itself(typed):
    try:
        mount = clean_mount(typed)
    except ValueError:
        return
    assert re.fullmatch("(/[A-Za-z0-9._~-]+)*", mount)
    assert not {"..", "."} & set(mount.split("/"))


@given(
    st.sampled_from(["PORT", "MOUNT", "PUBLIC_URL", "LANGUAGES", "DATABASE_URL", "HOST", "WORKERS", "LOG_DIR"]),
    st.text(max_size=20),
)
def test_no_setting_ends_in_anything_but_an_answer(tmp_path_factory, name, value):
    try:
        found = config.read({"SECRET_KEY": "k", name: value}, tmp_path_factory.getbasetemp())
    except ConfigError as refusal:
        found = str(refusal)
    assert found


# A translation service


@pytest.mark.row("MT-14.4", "MT-14.6")
def test_a_translation_service_is_named_with_what_it_needs(read):
    assert read().translator == "none"
    found = read(TRANSLATOR="microsoft", TRANSLATOR_KEY="hidden", TRANSLATOR_REGION="westeurope")
    assert (found.translator, found.translator_key, found.translator_region) == ("microsoft", "hidden", "westeurope")
    assert "hidden" not in repr(found)
    assert read(TRANSLATOR="LibreTranslate", TRANSLATOR_URL="http://127.0.0.1:5000/").translator_url == "http://127.0.0.1:5000"
    assert refused(read, TRANSLATOR="microsoft") == ["TRANSLATOR_KEY must be set for microsoft."]
    assert refused(read, TRANSLATOR="libretranslate")[0].startswith("TRANSLATOR_URL must be set")


@pytest.mark.parametrize(
    ("url", "fits"),
    [
        ("https://translate.example.org/api", True),
        ("http://localhost:5000", True),
        ("http://[::1]:5000", True),
        ("http://10.1.2.3", True),
        ("http://libretranslate:5000", True),
        ("http://translate.example.org", False),
        ("http://8.8.8.8", False),
        ("http://169.254.169.254", False),
        ("http://0.0.0.0", False),
        ("ftp://localhost", False),
        ("file:///etc/passwd", False),
        ("https://me:secret@example.org", False),
        ("https://example.org/?key=x", False),
        ("https://example.org:port", False),
        ("localhost:5000", False),
    ],
)
def test_what_people_write_goes_to_a_service_by_tls_or_stays_near(read, url, fits):
    if fits:
        assert read(TRANSLATOR="libretranslate", TRANSLATOR_URL=url).translator_url == url
    else:
        assert refused(read, TRANSLATOR_URL=url)[0].startswith("TRANSLATOR_URL cannot be used: ")


def test_a_key_is_one_word(read):
    assert refused(read, TRANSLATOR_KEY="a\r\nX-Other: b") == ["TRANSLATOR_KEY cannot be used: it must be ASCII without blanks."]


# What is told of them


def test_settings_do_not_change_and_do_not_tell_secrets(read):
    found = read(**PRODUCTION)
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.port = 1
    assert "hidden" not in repr(found)
    assert KEY not in repr(found)


def test_the_environment_of_the_process_is_read_by_default(monkeypatch, tmp_path):
    monkeypatch.setenv("SECRET_KEY", "k")
    monkeypatch.setenv("POST_LENGTH", "17")
    assert config.read(root=tmp_path).post_length == config.read(os.environ, tmp_path).post_length == 17


@pytest.mark.row("MT-D15")
def test_administrators_are_who_the_operator_names_and_the_first_signs_the_letters(read):
    assert read().admins == ()
    assert read(PUBLIC_URL="https://example.org/x").sender == "no-reply@example.org"
    named = read(ADMINS=" ann@example.org, bob@example.org ")
    assert named.admins == ("ann@example.org", "bob@example.org")
    assert named.sender == "ann@example.org"
    for wrong in ("ann", "ann@example.org bob@example.org", "Ann <ann@example.org>"):
        with pytest.raises(ConfigError, match="ADMINS"):
            read(ADMINS=wrong)


# Behind a pooler


def test_without_a_way_past_a_pooler_there_is_none(read):
    found = read(DATABASE_URL="postgresql://h/x")
    assert (found.is_pooled, found.direct_url) == (False, "postgresql://h/x")


def test_what_needs_a_session_goes_past_the_pooler(read):
    found = read(DATABASE_URL="postgresql://h:6432/x", DATABASE_DIRECT_URL="postgresql://h/x")
    assert (found.is_pooled, found.database_url, found.direct_url) == (True, "postgresql://h:6432/x", "postgresql://h/x")


def test_a_way_past_nothing_cannot_be_meant(read):
    assert refused(read, DATABASE_DIRECT_URL="postgresql://h/x") == [
        "DATABASE_DIRECT_URL is the way past a pooler: DATABASE_URL must say where that is."
    ]
