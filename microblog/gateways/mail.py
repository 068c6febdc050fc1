"""The post office: letters go out by SMTP, or into a folder where there is no server."""

import contextlib
import logging
import os
import re
import smtplib
import ssl
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol

log = logging.getLogger(__name__)

TIMEOUT = 10.0  # seconds for each step of a conversation with the server


class PostOffice(Protocol):
    """Whatever takes letters."""

    def deliver(self, letter: EmailMessage) -> None:
        """Take a letter, or raise OSError (smtplib's errors are such) to be tried again later."""


@dataclass(frozen=True)
class Smtp:
    """A mail server. `starttls` asks it to encrypt, `tls` expects nothing else; it logs in if it has a username or a password."""

    host: str
    port: int = 25
    starttls: bool = False
    tls: bool = False
    username: str = ""
    password: str = field(default="", repr=False)

    def deliver(self, letter: EmailMessage) -> None:
        with self._inside() as server:
            server.send_message(letter)

    def rehearse(self, sender: str, recipients: Sequence[str] = ()) -> str:
        """Go as far as one can without a letter. Gives '' if one would be taken, else what the server says against it; raises
        what `deliver` raises."""
        with self._inside() as server:
            server.ehlo_or_helo_if_needed()
            code, said = server.mail(sender)
            for recipient in recipients if code == 250 else ():
                code, said = server.rcpt(recipient)
                if code not in (250, 251):
                    break
            server.rset()
        return "" if code in (250, 251) else f"{code} {said.decode('utf-8', 'replace')}"

    @contextlib.contextmanager
    def _inside(self) -> Iterator[smtplib.SMTP]:
        """The server, once it knows us and nobody listens."""
        with self._connect() as server:
            if self.starttls and not self.tls:
                server.starttls(context=ssl.create_default_context())
            if self.username or self.password:
                server.login(self.username, self.password)
            yield server

    def _connect(self) -> smtplib.SMTP:
        if self.tls:
            return smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT, context=ssl.create_default_context())
        return smtplib.SMTP(self.host, self.port, timeout=TIMEOUT)


@dataclass(frozen=True)
class Folder:
    """A folder for development: each letter becomes a file that a mail program opens. The same letter twice is one file."""

    path: Path

    def deliver(self, letter: EmailMessage) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        name = re.sub(r"[^A-Za-z0-9.-]+", "-", letter["Message-ID"] or "letter").strip("-")
        unfinished = self.path / f".{name}.{os.getpid()}"
        unfinished.write_bytes(bytes(letter))
        unfinished.rename(self.path / f"{name}.eml")


class Nowhere:
    """No server at all: the letter is dropped, and the log says so."""

    def deliver(self, letter: EmailMessage) -> None:
        log.warning("MAIL_SERVER is not set, so nobody gets the letter %r.", letter["Subject"])
