"""Bodies that are sent in chunks, of a length that nobody has said. nginx joins them; uWSGI without it leaves that to us."""

import io
from collections.abc import Callable
from typing import Any

from werkzeug.exceptions import ClientDisconnected


class Chunks(io.RawIOBase):
    """A stream of what `read_chunk` gives, which ends with the first empty one."""

    def __init__(self, read_chunk: Callable[[], bytes]) -> None:
        self.read_chunk = read_chunk
        self.rest: bytes | None = b""  # of the chunk in hand; None after the last

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self.rest == b"":
            self.rest = self._next()
        if self.rest is None:
            return 0
        part, self.rest = self.rest[: len(buffer)], self.rest[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)

    def _next(self) -> bytes | None:
        try:
            return self.read_chunk() or None
        except OSError as error:  # cut off, too slow, or no chunk by the letter
            raise ClientDisconnected from error


def open_body(environ: dict[str, Any]) -> None:
    """Where a request comes in chunks and uWSGI has not read them, let its input be a stream that does and knows its end."""
    if environ.get("HTTP_TRANSFER_ENCODING", "").lower() != "chunked" or environ.get("CONTENT_LENGTH"):
        return
    try:
        import uwsgi
    except ImportError:  # other servers do it themselves, and say so
        return
    environ["wsgi.input"] = io.BufferedReader(Chunks(uwsgi.chunked_read))
    environ["wsgi.input_terminated"] = True
