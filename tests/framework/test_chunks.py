"""Bodies in chunks become streams that know their end, where uWSGI leaves them to us."""

import sys
from types import SimpleNamespace

import pytest
from werkzeug.exceptions import ClientDisconnected
from werkzeug.wrappers import Request

from microblog.framework.chunks import open_body


@pytest.fixture
def sent(monkeypatch):
    """Makes the environ of a request whose chunks uWSGI would give one after the other."""

    def make(*chunks: bytes | Exception, **more: str) -> dict:
        rest = list(chunks)

        def chunked_read() -> bytes:
            chunk = rest.pop(0) if rest else b""
            if isinstance(chunk, Exception):
                raise chunk
            return chunk

        monkeypatch.setitem(sys.modules, "uwsgi", SimpleNamespace(chunked_read=chunked_read))
        return {"REQUEST_METHOD": "POST", "HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input": None} | more

    return make


@pytest.mark.row("LB-16")
@pytest.mark.parametrize("chunks", [[], [b"a"], [b"ab", b"c" * 100_000, "한".encode()]])
def test_chunks_are_joined(sent, chunks):
    environ = sent(*chunks)
    open_body(environ)
    assert Request(environ).get_data() == b"".join(chunks)


def test_a_bare_callable_can_read_part_of_it(sent):
    environ = sent(b"abc", b"def", b"ghi")
    open_body(environ)
    assert environ["wsgi.input_terminated"] is True
    assert environ["wsgi.input"].read(4) == b"abcd"
    assert environ["wsgi.input"].read(100) == b"efghi"
    assert environ["wsgi.input"].read(100) == b""


def test_a_line_that_is_cut_is_a_400(sent):
    environ = sent(b"abc", OSError("unable to receive chunked part"))
    open_body(environ)
    with pytest.raises(ClientDisconnected) as refused:
        Request(environ).get_data()
    assert refused.value.code == 400


@pytest.mark.parametrize("more", [{"CONTENT_LENGTH": "3"}, {"HTTP_TRANSFER_ENCODING": ""}, {"HTTP_TRANSFER_ENCODING": "gzip"}])
def test_what_has_a_length_is_left_alone(sent, more):
    environ = sent(b"abc", **more)
    open_body(environ)
    assert environ["wsgi.input"] is None
    assert "wsgi.input_terminated" not in environ


def test_other_servers_do_it_themselves(sent, monkeypatch):
    environ = sent(b"abc")
    monkeypatch.setitem(sys.modules, "uwsgi", None)
    open_body(environ)
    assert environ["wsgi.input"] is None
