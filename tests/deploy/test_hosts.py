"""Two hosts with the application behind one nginx, before one Postgres: it never matters which of them is asked."""

import json
import re
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import text

from microblog import demo

from ..together import together
from .farm import SHOWN, Farm, Host, who_answered
from .load import Load
from .programs import Program, program_of
from .visitor import Answer, Visitor, submission

MOUNT = "/microblog"


@pytest.fixture(scope="module")
def farm(nginx: str, new_database: Callable[[], str]) -> Iterator[Farm]:
    folder = Path(tempfile.mkdtemp(prefix="mb-", dir="/tmp"))  # the path of a socket must be short
    farm = Farm(folder, new_database(), nginx, RATE_LIMITS="on", PROCESSES="2", THREADS="4")
    try:
        with farm.database.writing() as db:
            demo.plant(db)
            db.commit()
        farm.start()
        yield farm
    finally:
        farm.stop()
        complaints = farm.complaints()
        shutil.rmtree(folder, ignore_errors=True)
    assert not complaints, "\n".join(complaints[:3])


@pytest.fixture(scope="module")
def both(farm: Farm) -> set[str]:
    return {host.address for host in farm.hosts}


@pytest.fixture(scope="module")
def marta(farm: Farm) -> Visitor:
    return farm.member("marta")


def wait_until(true: Callable[[], object], what: str, within: float = 10.0) -> None:
    deadline = time.monotonic() + within
    while not true():
        assert time.monotonic() < deadline, f"in vain waited for {what}"
        time.sleep(0.02)


# It does not matter who is asked


def test_the_hosts_take_turns_and_know_whoever_has_logged_in_at_either(farm: Farm, both: set[str], marta: Visitor):
    answers = [marta.get(f"{MOUNT}/") for _ in range(8)]
    assert {answer.status for answer in answers} == {200}
    assert who_answered(answers) == both


def test_a_form_of_one_is_taken_by_the_other_and_what_is_flashed_then_is_shown_by_either(farm: Farm, both: set[str]):
    ways = set()
    for number in range(8):
        visitor = farm.visitor(10 + number)
        page = visitor.open("/auth/login")
        refused = visitor.submit(page, "Sign In", username="marta", password="wrong, but long enough")
        assert refused.status != 400, refused.words
        if number % 2:
            visitor.open("/auth/register")  # so that nobody is always asked by the same
        answer = visitor.submit(page, "Sign In", username="marta", password=demo.PASSWORD)
        assert answer.status == 303, answer.words
        assert visitor.arrive(answer).status == 200
        ways |= {(page.headers[SHOWN], other.headers[SHOWN]) for other in (refused, answer)}
    assert ways >= {(one, other) for one in both for other in both if one != other}
    visitor = farm.member("marta", 30)
    shown = set()
    for number in range(4):
        answer = visitor.submit(visitor.open("/"), "Submit", post=f"flash {number}")
        page = visitor.arrive(answer)
        assert "Your post is now live!" in page.words
        shown.add((answer.headers[SHOWN], page.headers[SHOWN]))
        if number % 2:
            visitor.open("/explore")
    assert len({one for one, _ in shown} | {other for _, other in shown}) == 2


def test_a_picture_that_one_has_taken_is_shown_by_both(farm: Farm, both: set[str], marta: Visitor):
    drawn = BytesIO()
    Image.new("RGB", (64, 64), "teal").save(drawn, "PNG")
    page = marta.open("/edit_profile")
    sent = submission(page, "Upload")
    parts = "".join(
        f'--cut\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in sent.fields.items()
        if name != "picture"
    )
    file = '--cut\r\nContent-Disposition: form-data; name="picture"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n'
    body = parts.encode() + file.encode() + drawn.getvalue() + b"\r\n--cut--\r\n"
    answer = marta.request("POST", sent.target, body, {"Content-Type": "multipart/form-data; boundary=cut"})
    assert answer.status == 303, answer.words
    address = marta.open("/user/marta").page.query_one("img[src*='/avatar/']")
    assert address is not None
    seen = [farm.visitor().get(str(address.attrs["src"])) for _ in range(6)]
    assert {(answer.status, answer.headers["Content-Type"]) for answer in seen} == {(200, "image/webp")}
    assert len({answer.body for answer in seen}) == 1
    assert who_answered(seen) == both


def test_a_token_of_one_counts_at_both_until_one_ends_it(farm: Farm, both: set[str]):
    program = program_of(farm, "marta", "hosts")
    answers = [program.ask("GET", "/conversations") for _ in range(4)] + [program.ask("GET", "/timelines/home") for _ in range(4)]
    assert {answer.status for answer in answers} == {200}
    assert who_answered(answers) == both
    assert program.ask("DELETE", "/tokens").status == 204
    answers = [program.ask("GET", "/timelines/home") for _ in range(4)]
    assert {answer.status for answer in answers} == {401}
    assert who_answered(answers) == both


def test_who_logs_out_at_one_is_logged_out_at_both(farm: Farm, both: set[str]):
    visitor = farm.member("marta", 31)
    twin = visitor.twin("127.0.0.31")
    visitor.press(visitor.open("/"), "Logout")
    answers = [twin.twin("127.0.0.31").get(f"{MOUNT}/") for _ in range(6)]
    assert {answer.status for answer in answers} == {302}
    assert who_answered(answers) == both


def test_a_request_sent_again_is_answered_and_not_done_again_whoever_gets_it(farm: Farm, both: set[str]):
    program = program_of(farm, "marta", "again")
    asked = [lambda: program.ask("POST", "/posts", {"body": "once for both"}, Idempotency_Key="hosts-1")] * 8
    answers = together(asked) + [ask() for ask in asked[:2]]
    assert {answer.status for answer in answers} == {201}
    assert len({json.loads(answer.body)["id"] for answer in answers}) == 1
    assert who_answered(answers) == both
    assert farm.one("SELECT count(*) FROM posts WHERE body = 'once for both'") == 1


def test_an_allowance_is_spent_at_both_together_and_to_the_last(farm: Farm, both: set[str]):
    speaker = farm.one(
        "SELECT username FROM users JOIN credentials ON user_id = id WHERE username <> 'marta' ORDER BY id LIMIT 1"
    )
    member = farm.member(speaker, 32)
    sent = submission(member.open("/"), "Submit")

    def say(number: int) -> Answer:
        fields = sent.fields | {"nonce": f"limit {number}", "post": f"limit {number}"}
        return member.twin(f"127.0.0.{150 + number}").post(sent.target, fields)

    answers = together([lambda number=number: say(number) for number in range(36)])
    assert sorted(answer.status for answer in answers) == [303] * 30 + [429] * 6, "30 posts in 5 minutes, at whichever host"
    assert who_answered([answer for answer in answers if answer.status == 303]) == both
    assert who_answered(answers) == both


def test_both_know_static_files_by_one_fingerprint(farm: Farm, both: set[str]):
    pages = [farm.visitor().get(f"{MOUNT}/auth/login") for _ in range(4)]
    assert who_answered(pages) == both
    (found,) = {fingerprint for page in pages for fingerprint in re.findall(r"/static/([0-9a-f]+)/", page.text)}
    assert farm.visitor().get(f"{MOUNT}/static/{found}/css/site.css").status == 200
    assert farm.hosts[0].home != farm.hosts[1].home, "each has its own copy of the files"


# One of them dies


def at_work(farm: Farm) -> Host:
    """The host that has a request in hand, once no other has one: what was answered a moment ago may still be told."""
    found: list[Host] = []

    def one_is() -> bool:
        found[:] = [host for host in farm.hosts if host.is_at_work]
        return len(found) == 1

    wait_until(one_is, "a request in hand")
    return found[0]


def revive(farm: Farm, host: Host, both: set[str]) -> None:
    """Start a host again, until nginx asks it again."""
    host.start()
    host.wait_for_workers()
    visitor = farm.visitor()
    wait_until(lambda: who_answered([visitor.get(f"{MOUNT}/livez") for _ in range(4)]) == both, "both hosts at work")


def in_hand(farm: Farm, ask: Callable[[], Answer]) -> tuple[Answer, Host]:
    """What somebody hears whose request was in hand at a host that died; and the host."""
    heard: list[Answer] = []
    with farm.database.writing() as db:
        db.execute(text("LOCK TABLE posts IN ACCESS EXCLUSIVE MODE"))
        thread = threading.Thread(target=lambda: heard.append(ask()), daemon=True)
        thread.start()
        wait_until(
            lambda: db.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'posts'::regclass")), "a wait"
        )
        host = at_work(farm)
        host.die()
        if not heard:
            thread.join(0.2)
        db.rollback()
    thread.join(20)
    return heard[0], host


def test_a_page_in_hand_at_a_host_that_dies_comes_from_the_other(farm: Farm, both: set[str], marta: Visitor):
    answer, host = in_hand(farm, lambda: marta.get(f"{MOUNT}/explore"))
    assert answer.status == 200
    assert answer.headers[SHOWN] == ", ".join([host.address, *(both - {host.address})])
    revive(farm, host, both)


def test_a_deed_in_hand_at_a_host_that_dies_is_never_done_by_the_other(farm: Farm, both: set[str]):
    program = program_of(farm, "marta", "in hand")
    answer, host = in_hand(farm, lambda: program.ask("POST", "/posts", {"body": "in hand"}))
    assert (answer.status, answer.headers[SHOWN]) == (502, host.address)
    assert farm.one("SELECT count(*) FROM posts WHERE body = 'in hand'") == 0
    revive(farm, host, both)


def test_a_host_that_dies_costs_no_request_but_the_deeds_in_hand(farm: Farm, both: set[str]):
    names = [
        name for (name,) in farm.rows("SELECT username FROM users JOIN credentials ON user_id = id ORDER BY id OFFSET 4 LIMIT 3")
    ]
    members = [farm.member(name, 40 + number) for number, name in enumerate(names)]
    program = program_of(farm, names[0], "load")
    spoken: dict[str, int] = {}

    def reader(number: int, path: str) -> Callable[[], int]:
        twin = members[number % len(members)].twin(f"127.0.0.{40 + number}")
        return lambda: twin.get(MOUNT + path).status

    def speak(program: Program = program) -> int:
        body = f"spoken {len(spoken)}"
        spoken[body] = 0
        spoken[body] = program.ask("POST", "/posts", {"body": body}).status
        return spoken[body]

    with Load([speak, *(reader(number, path) for number, path in enumerate(("/", "/explore", "/user/marta", "/livez")))]) as load:
        load.wait_for(20)
        farm.hosts[1].die()
        load.wait_for(100)
        assert {farm.visitor().get(f"{MOUNT}/livez").status for _ in range(10)} == {200}
    failed = load.counts[502]
    assert set(load.counts) <= {200, 201, 429, 502}, load.counts
    assert failed <= 1, "no more than the one deed in hand"
    stored = dict(farm.rows("SELECT body, count(*) FROM posts WHERE body LIKE 'spoken %' GROUP BY body"))
    assert set(stored.values()) <= {1}, "nothing was done twice"
    assert {body for body, status in spoken.items() if status == 201} <= stored.keys(), "nothing acknowledged was lost"
    revive(farm, farm.hosts[1], both)
