"""The outgoing HTTP client: whatever a service does, there is an answer or one clear error, and never a long wait."""

import socket
import threading
import time

import pytest

from microblog.gateways.http import Answer, Client, Unanswered

# Every wait of these clients is short, so that a test need not last; in the product it is seconds.
QUICK = Client(patience=0.3, total=0.6)


def refusal(client: Client, url: str) -> str:
    with pytest.raises(Unanswered) as error:
        client.post(url, b"secret text", {"X-Key": "secret key"})
    assert "secret" not in str(error.value)
    return str(error.value)


def test_a_body_goes_out_and_the_answer_comes_back(service):
    service.says(b"\x00\xff anything", status=201)
    answer = QUICK.post(f"{service.url}/path?q=1", "héllo".encode(), {"X-Key": "k", "Content-Type": "text/plain"})
    assert answer == Answer(201, b"\x00\xff anything")
    (asked,) = service.asked
    assert (asked.path, asked.body.decode()) == ("/path?q=1", "héllo")
    assert (asked.headers["x-key"], asked.headers["content-type"]) == ("k", "text/plain")
    assert asked.headers["content-length"] == "6"


@pytest.mark.parametrize("status", [204, 400, 403, 429, 500, 503])
def test_what_a_service_thinks_of_a_request_is_an_answer(service, status):
    service.says(b"", status=status)
    assert QUICK.post(service.url, b"", {}).status == status


def test_a_redirect_is_an_answer_and_is_not_followed(service):
    service.says(b"", status=307, Location=f"{service.url}/elsewhere")
    assert QUICK.post(f"{service.url}/here", b"x", {}).status == 307
    assert [asked.path for asked in service.asked] == ["/here"]


def test_proxies_of_the_environment_are_not_asked(service, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    service.says(b"ok")
    assert QUICK.post(service.url, b"", {}).body == b"ok"


@pytest.mark.row("MT-D05")
def test_a_service_that_hangs_is_left(service):
    service.hangs()
    assert refusal(QUICK, service.url) in ("TimeoutError: timed out", "It took longer than 0.6 s.")


@pytest.mark.row("MT-D05")
@pytest.mark.parametrize("first", [b"", b"HTTP/1.1 200 OK\r\nX-", b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"])
def test_a_service_that_drips_is_left_too_and_its_conversation_ends(service, first):
    service.drips(seconds=0.05, first=first)
    client = Client(patience=0.3, total=0.6, at_once=1)
    assert refusal(client, service.url) == "It took longer than 0.6 s."
    # The thread that listened ends as well, and gives its place back.
    for thread in threading.enumerate():
        if thread.name == "outgoing":
            thread.join(10)
    service.drip = None
    assert client.post(service.url, b"", {}).status == 200


def test_a_host_nobody_answers_at_is_an_error():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert "Refused" in refusal(QUICK, f"http://127.0.0.1:{port}/")


def test_a_host_that_does_not_exist_is_an_error():
    assert refusal(Client(patience=2, total=4), "http://nobody.invalid/")


def test_an_address_that_is_searched_for_too_long_is_left(service, monkeypatch):
    searching = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_arguments, **_options: searching.wait(10) and [])
    assert refusal(QUICK, "http://slow.example/") == "It took longer than 0.6 s."
    searching.set()


@pytest.mark.parametrize("said", [b"", b"SSH-2.0-OpenSSH_9\r\n", b"HTTP/1.1 two hundred\r\n\r\n", b"\xff" * 100_000])
def test_a_service_that_speaks_no_http_is_an_error(service, said):
    service.drip = lambda connection: connection.sendall(said)
    assert refusal(QUICK, service.url)


def test_an_answer_without_end_is_not_taken(service):
    service.says(b"x" * 20_000)
    assert refusal(Client(largest=10_000), service.url) == "It answered more than 10000 bytes."


def test_tls_is_spoken_where_the_address_says_so_and_nothing_else_is_taken_for_it(service):
    assert "SSL" in refusal(Client(patience=2, total=4), service.url.replace("http:", "https:"))


def test_a_hanging_service_takes_only_so_many_threads_with_it(service):
    service.hangs()
    client = Client(patience=5, total=5, at_once=2)
    threads = [threading.Thread(target=refusal, args=(client, service.url)) for _ in range(2)]
    for thread in threads:
        thread.start()
    while len(service.asked) < 2:
        time.sleep(0.005)
    assert refusal(client, service.url) == "Too many requests to it are under way already."
    service.released.set()
    for thread in threads:
        thread.join()


def test_a_header_cannot_be_made_into_two(service):
    with pytest.raises(Unanswered):
        QUICK.post(service.url, b"", {"X-Key": "a\r\nX-Other: b"})
    assert service.asked == []
