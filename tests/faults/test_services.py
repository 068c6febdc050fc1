"""Services outside that are away or silent: pages are answered at once all the while, and letters are sent when it is over."""

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest

from ..deploy.visitor import FORM
from .clients import Client, Person, everybody
from .conftest import Stage

AT_ONCE = 2.0  # seconds, on two cores that others use as well


@pytest.fixture(autouse=True)
def well_again(stage: Stage) -> Iterator[None]:
    yield
    stage.office.refuses = False
    stage.office.awake.set()
    stage.translator.drip = None


def promise(client: Client) -> float:
    """Have a letter promised; gives the seconds until that was acknowledged."""
    began = time.monotonic()
    assert client.send(client.forget_password())
    return time.monotonic() - began


@pytest.mark.row("MT-22.9", "MT-D11")
@pytest.mark.parametrize("trouble", ["refuses", "is silent"])
def test_letters_wait_for_the_mail_server_and_nobody_waits_for_letters(stage: Stage, trouble: str):
    """Seen to fail when a build talks to the mail server before it answers (FAULTS_SPOILED=eager), and with a worker that says that
    a job is done before it is (boasting)."""
    stage.wait_until_idle()
    letters = len(stage.office.letters)
    ledger, acting = everybody(stage.site, stage.people, "mail")
    if trouble == "refuses":
        stage.office.refuses = True
    else:
        stage.office.awake.clear()
    assert max(map(promise, acting)) < AT_ONCE
    assert stage.site.one("SELECT count(*) FROM jobs WHERE name = 'jobs.resets.send' AND status <> 'done'") == len(acting)
    assert len(stage.office.letters) == letters
    stage.office.refuses = False
    stage.office.awake.set()
    stage.wait_until_idle()
    ledger.check()
    assert ledger.astray(stage.office.letters[letters:]) == []


def translated(stage: Stage, person: Person, text: str) -> str:
    """What somebody reads who wants a text in another language."""
    fields = {"csrf_token": person.form_token, "text": text, "source_language": "en", "dest_language": "es"}
    browser = person.browser.twin(person.browser.address)
    answer = browser.request("POST", f"{stage.site.mount}/translate", urlencode(fields).encode(), FORM)
    assert answer.status == 200, answer.text
    return json.loads(answer.body)["text"]


@pytest.mark.row("MT-D11")
def test_a_translator_that_is_silent_costs_other_readers_nothing(stage: Stage):
    """Twice as many want a translation as there are threads. Seen to fail when a build lets all its threads wait for the translator
    (FAULTS_SPOILED=obliging)."""
    stage.site.wait_for_workers()
    stage.translator.hangs()
    over = threading.Event()

    def want(number: int) -> set[str]:
        heard = set()
        while not over.is_set():
            heard.add(translated(stage, stage.people[number % len(stage.people)], f"text {number}"))
            time.sleep(0.05)
        return heard

    reader = stage.people[0].browser.twin("127.0.0.99")
    slowest = 0.0
    with ThreadPoolExecutor(8) as pool:
        wanted = [pool.submit(want, number) for number in range(8)]
        try:
            until = time.monotonic() + max(stage.seconds, 1.0)
            while len(stage.translator.asked) < 2 or time.monotonic() < until:  # one in each process
                began = time.monotonic()
                assert reader.get(f"{stage.site.mount}/explore").status == 200
                slowest = max(slowest, time.monotonic() - began)
                time.sleep(0.05)
        finally:
            over.set()
        assert set().union(*(each.result() for each in wanted)) == {"Error: the translation service failed."}
    assert slowest < AT_ONCE
    stage.translator.drip = None
    stage.translator.translates()
    assert translated(stage, stage.people[0], "well again") == "niaga llew"


def test_a_translator_that_is_broken_is_said_to_be(stage: Stage):
    """Seen to fail when a build takes whatever the service says for a translation (FAULTS_SPOILED=credulous)."""
    stage.translator.says({"translatedText": "half"}, status=503)
    began = time.monotonic()
    assert translated(stage, stage.people[0], "a broken one") == "Error: the translation service failed."
    assert time.monotonic() - began < AT_ONCE
    stage.translator.translates()
    assert translated(stage, stage.people[0], "a broken one") == "eno nekorb a"
