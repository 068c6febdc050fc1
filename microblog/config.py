"""Every setting, read once from the environment, frozen, and refused by name when it cannot be meant."""

import ipaddress
import os
import re
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any
from urllib.parse import urlsplit

from babel import localedata

ROOT = Path(__file__).resolve().parent.parent
SHORTEST_SECRET = 32
WEAK_SECRETS = ("you-will-never-guess", "changeme", "change-me", "secret", "password", "hello_my_secret", "1234")

# A host with an optional port, as it stands in an address: a name, an IPv4 address, or an IPv6 address in brackets.
HOST = re.compile(r"([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?", re.ASCII)


class ConfigError(ValueError):
    """One or more settings cannot be meant; the message names each and says what would do."""


@dataclass(frozen=True)
class Config:
    """What an operator has decided. The comment of a field is what `python -m microblog config` and the README say of it."""

    environment: str
    database_url: str = field(repr=False)
    database_replica_url: str = field(repr=False)
    database_direct_url: str = field(repr=False)
    secret_keys: tuple[str, ...] = field(repr=False)
    public_url: str
    post_length: int
    posts_per_page: int
    languages: tuple[str, ...]
    avatars: str
    search: str
    registration_open: bool
    strict_passwords: bool
    lab: bool
    jwt_secret_key: str = field(repr=False)
    token_key: str = field(repr=False)
    exp_time_min: int
    refresh_time_min: int
    rate_limits: bool
    hsts_seconds: int
    host_to_bind: str
    port: int
    processes: int
    threads: int
    workers: int
    mail_server: str
    mail_port: int
    mail_use_tls: bool
    mail_use_ssl: bool
    mail_username: str
    mail_password: str = field(repr=False)
    admins: tuple[str, ...]
    export_delay: int
    translator: str
    translator_url: str
    translator_key: str = field(repr=False)
    translator_region: str
    log_to_stdout: bool
    log_dir: Path
    log_format: str
    slow_query_ms: int
    metrics_token: str = field(repr=False)
    root: Path = ROOT

    @property
    def is_production(self) -> bool:
        return self.environment == "production"

    @property
    def is_pooled(self) -> bool:
        """Whether DATABASE_URL leads to a pooler in transaction mode."""
        return bool(self.database_direct_url)

    @property
    def direct_url(self) -> str:
        """Postgres itself, for whatever needs a session of its own there: the worker, migrations, backups, commands."""
        return self.database_direct_url or self.database_url

    @property
    def sender(self) -> str:
        """The address letters come from: the first administrator, else nobody at the site's own host."""
        return self.admins[0] if self.admins else f"no-reply@{urlsplit(self.public_url).hostname}"

    @property
    def scheme(self) -> str:
        return urlsplit(self.public_url).scheme

    @property
    def host(self) -> str:
        """The host, and the port where it is not the scheme's own, as a browser sends it."""
        return urlsplit(self.public_url).netloc

    @property
    def mount(self) -> str:
        """The path prefix, without a slash at its end: '' at the root of a host, else for example '/microblog'."""
        return urlsplit(self.public_url).path


def read(environ: Mapping[str, str] = os.environ, root: Path = ROOT) -> Config:
    """Read and judge all settings; raises ConfigError that names everything wrong at once."""
    settings = _Settings(environ)
    environment = settings.one_of("MICROBLOG_ENV", "development", ("development", "production", "testing"))
    production = environment == "production"
    exposed = production or environ.get("PUBLIC_URL", "").strip().lower().startswith("https:")
    mount = settings.text("MOUNT", "", clean_mount)
    host, port = settings.text("HOST", "127.0.0.1"), settings.number("PORT", 8000, 1, 65_535)
    config = Config(
        environment=environment,
        database_url=settings.text("DATABASE_URL", None if production else "", _database_url),
        database_replica_url=settings.text("DATABASE_REPLICA_URL", "", _database_url),
        database_direct_url=settings.text("DATABASE_DIRECT_URL", "", _database_url),
        secret_keys=settings.text("SECRET_KEY", None if production else "", _secret_keys(exposed)),
        public_url=settings.text("PUBLIC_URL", None if production else _own_address(host, port, mount), _public_url(production)),
        post_length=settings.number("POST_LENGTH", 300, 1, 5_000),
        posts_per_page=settings.number("POSTS_PER_PAGE", 25, 1, 100),
        languages=settings.text("LANGUAGES", "en,es,ko", _languages),
        avatars=settings.one_of("AVATARS", "own", ("own", "gravatar")),
        search=settings.one_of("SEARCH", "postgres", ("postgres", "off")),
        registration_open=settings.one_of("REGISTRATION", "open", ("open", "closed")) == "open",
        strict_passwords=settings.flag("STRICT_PASSWORDS", False),
        lab=settings.flag("LAB", True),
        jwt_secret_key=settings.text("JWT_SECRET_KEY", "", _secret_key),
        token_key=settings.text("TOKEN_KEY", "", _secret_key),
        exp_time_min=settings.number("EXP_TIME_MIN", 30, 1, 10_080),
        refresh_time_min=settings.number("REFRESH_TIME_MIN", 15, 0, 10_080),
        rate_limits=settings.flag("RATE_LIMITS", True),
        hsts_seconds=settings.number("HSTS_SECONDS", 0, 0, 63_072_000),
        host_to_bind=host,
        port=port,
        processes=settings.number("PROCESSES", settings.number("WEB_CONCURRENCY", 2, 1, 256), 1, 256),
        threads=settings.number("THREADS", 4, 1, 256),
        workers=settings.number("WORKERS", 1, 0, 64),
        mail_server=settings.text("MAIL_SERVER", ""),
        mail_port=settings.number("MAIL_PORT", 25, 1, 65_535),
        mail_use_tls=settings.flag("MAIL_USE_TLS", False),
        mail_use_ssl=settings.flag("MAIL_USE_SSL", False),
        mail_username=settings.text("MAIL_USERNAME", ""),
        mail_password=settings.text("MAIL_PASSWORD", ""),
        admins=settings.text("ADMINS", "", _addresses),
        export_delay=settings.number("EXPORT_DELAY", 0, 0, 60),
        translator=settings.one_of("TRANSLATOR", "none", ("none", "libretranslate", "microsoft")),
        translator_url=settings.text("TRANSLATOR_URL", "", _service_url),
        translator_key=settings.text("TRANSLATOR_KEY", "", _header_word),
        translator_region=settings.text("TRANSLATOR_REGION", "", _header_word),
        log_to_stdout=settings.flag("LOG_TO_STDOUT", False),
        log_dir=root / settings.text("LOG_DIR", "logs"),
        log_format=settings.one_of("LOG_FORMAT", "json" if production else "text", ("json", "text")),
        slow_query_ms=settings.number("SLOW_QUERY_MS", 500, 0, 60_000),
        metrics_token=settings.text("METRICS_TOKEN", "", _secret_key),
        root=root,
    )
    if config.database_direct_url and not config.database_url:
        settings.problems.append("DATABASE_DIRECT_URL is the way past a pooler: DATABASE_URL must say where that is.")
    if config.translator == "libretranslate" and not environ.get("TRANSLATOR_URL", "").strip():
        settings.problems.append("TRANSLATOR_URL must be set for libretranslate, such as http://127.0.0.1:5000.")
    if config.translator == "microsoft" and not environ.get("TRANSLATOR_KEY", "").strip():
        settings.problems.append("TRANSLATOR_KEY must be set for microsoft.")
    _check_keys(config, settings.problems)
    if settings.problems:
        raise ConfigError("\n".join(settings.problems))
    return config if config.secret_keys else replace(config, secret_keys=(_kept_key(root / "var" / "secret_key"),))


def _check_keys(config: Config, problems: list[str]) -> None:
    """Each face its own key, or a token of one would pass in another."""
    keys = [*config.secret_keys, *filter(None, (config.jwt_secret_key, config.token_key, config.metrics_token))]
    if len(set(keys)) != len(keys):
        problems.append("SECRET_KEY, JWT_SECRET_KEY, TOKEN_KEY and METRICS_TOKEN must differ from each other.")
    if config.refresh_time_min > config.exp_time_min:
        problems.append("REFRESH_TIME_MIN must not be greater than EXP_TIME_MIN.")


def _kept_key(path: Path) -> str:
    """The development key: made at the first start, kept for the next ones."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile("w", dir=path.parent) as file:  # readable for its owner alone
            file.write(secrets.token_hex(32))
            file.flush()
            with suppress(FileExistsError):  # another process was quicker: its key it is
                os.link(file.name, path)
    key = path.read_text().strip()
    if len(key) < SHORTEST_SECRET:
        raise ConfigError(f"{path} is damaged. Delete it: a new key is made, and everybody has to log in again.")
    return key


class _Settings:
    """Takes settings out of an environment and remembers what was wrong with them."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.problems: list[str] = []

    def text(self, name: str, default: str | None, judge: Callable[[str], Any] = str) -> Any:
        """A setting as `judge` understands it; `judge` raises ValueError with what would do. No default: it must be set."""
        value = self.environ.get(name, "").strip() or default
        if value is None:
            self.problems.append(f"{name} must be set in production.")
            return ""
        try:
            return judge(value)
        except ValueError as error:
            self.problems.append(f"{name} cannot be used: {error}.")
            return ""

    def number(self, name: str, default: int, least: int, most: int) -> int:
        """A whole number within bounds."""

        def judge(value: str) -> int:
            if not re.fullmatch("[0-9]{1,9}", value, re.ASCII) or not least <= int(value) <= most:
                raise ValueError(f"it must be a whole number from {least} to {most}, not {value!r}")
            return int(value)

        found = self.text(name, str(default), judge)
        return default if found == "" else found

    def one_of(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        def judge(value: str) -> str:
            if value.lower() not in choices:
                raise ValueError(f"it must be one of {', '.join(choices)}, not {value!r}")
            return value.lower()

        return self.text(name, default, judge) or default

    def flag(self, name: str, default: bool) -> bool:
        def judge(value: str) -> bool:
            if value.lower() in ("1", "true", "yes", "on"):
                return True
            if value.lower() in ("0", "false", "no", "off"):
                return False
            raise ValueError(f"it must be on or off, not {value!r}")

        return bool(self.text(name, "on" if default else "off", judge))


def _database_url(value: str) -> str:
    if value and not re.match(r"(postgres|postgresql|postgresql\+psycopg2)://", value):
        raise ValueError("it must begin with postgresql://")
    _ = urlsplit(value).port  # raises ValueError for a port that is none
    return value


def _secret_keys(exposed: bool) -> Callable[[str], tuple[str, ...]]:
    """The newest key first; the others are old ones that still open what they have sealed. Where others than the developer come
    by, also by mistake, none may be weak."""

    def judge(value: str) -> tuple[str, ...]:
        keys = tuple(key.strip() for key in value.split(",") if key.strip())
        if exposed and value:
            for key in keys or ("",):
                _check_strength(key)
        if len(set(keys)) != len(keys):
            raise ValueError("it lists the same key twice")
        return keys

    return judge


def _secret_key(value: str) -> str:
    """A key that need not be given."""
    if value:
        _check_strength(value)
    return value


def _check_strength(key: str) -> None:
    if len(key) < SHORTEST_SECRET or key.lower().startswith(WEAK_SECRETS) or len(set(key)) < 8:
        raise ValueError(
            f"each key needs at least {SHORTEST_SECRET} random characters; "
            "python3 -c 'import secrets; print(secrets.token_hex(32))' makes one"
        )


def _own_address(host: str, port: int, mount: str) -> str:
    """Where a development server is found when nobody says otherwise."""
    host = "127.0.0.1" if host in ("0.0.0.0", "::") else f"[{host}]" if ":" in host else host
    return f"http://{host}:{port}{mount}"


def _public_url(production: bool) -> Callable[[str], str]:
    def judge(value: str) -> str:
        parts = urlsplit(value)
        _ = parts.port  # raises ValueError for a port that is none
        if parts.scheme not in ("http", "https") or not HOST.fullmatch(parts.netloc) or parts.query or parts.fragment:
            raise ValueError("it must be the address people type, such as https://example.org/microblog")
        if production and parts.scheme != "https" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
            raise ValueError("it must begin with https:// in production")
        return f"{parts.scheme}://{_shortest_netloc(parts.scheme, parts.netloc.lower())}{clean_mount(parts.path)}"

    return judge


def _shortest_netloc(scheme: str, netloc: str) -> str:
    return netloc.removesuffix(":443" if scheme == "https" else ":80")


def clean_mount(value: str) -> str:
    """A path prefix as the rest of the program knows it: '' or '/like/this'. Raises ValueError for anything else."""
    mount = value.strip().strip("/")
    if mount and not re.fullmatch(r"[A-Za-z0-9_~-][A-Za-z0-9._~-]*(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*", mount, re.ASCII):
        raise ValueError("a prefix is made of letters, digits and - . _ ~ between slashes, such as /microblog")
    return "/" + mount if mount else ""


def _addresses(value: str) -> tuple[str, ...]:
    addresses = tuple(address.strip() for address in value.split(",") if address.strip())
    if not all(re.fullmatch(r"[^@\s<>,]+@[^@\s<>,]+", address) for address in addresses):
        raise ValueError("it must list e-mail addresses, such as ann@example.org,bob@example.org")
    return addresses


def _service_url(value: str) -> str:
    """A service's address. What is sent there is people's text and our key, so only a near one may go without TLS."""
    parts = urlsplit(value)
    if value and (not parts.hostname or "@" in parts.netloc or parts.query or parts.fragment or parts.port == 0):
        raise ValueError("it must be an address such as https://translate.example.org")
    if value and parts.scheme != "https" and not (parts.scheme == "http" and _is_near(parts.hostname or "")):
        raise ValueError("it must begin with https://, unless the host is this machine or in a private network")
    return value.rstrip("/")


def _is_near(host: str) -> bool:
    """Whether a host is this machine or in a network of one's own; names without a dot are known in such networks only."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith((".localhost", ".local", ".internal", ".lan"))
    return address.is_loopback or (address.is_private and not address.is_link_local and not address.is_unspecified)


def _header_word(value: str) -> str:
    """Something that is sent in a header as it stands."""
    if not re.fullmatch(r"[!-~]*", value, re.ASCII):
        raise ValueError("it must be ASCII without blanks")
    return value


def _languages(value: str) -> tuple[str, ...]:
    codes = tuple(dict.fromkeys(code.strip() for code in value.split(",") if code.strip()))
    shaped = (re.fullmatch(r"[a-z]{2,3}(-[A-Za-z]{2,8})?", code, re.ASCII) for code in codes)
    if not codes or not all(shaped) or not all(localedata.exists(code.replace("-", "_")) for code in codes):
        raise ValueError("it must list language codes, the default first, such as en,es,ko")
    return codes
