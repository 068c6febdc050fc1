"""Two processes with four threads each: one of them dies, all of them are renewed, and they share what they know."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from microblog import demo

from ..together import together
from .conftest import Install
from .installation import Installation
from .load import PAGES, Load, readers, writer
from .visitor import Answer, Visitor, submission

PASSWORD = "correct horse"


METRICS_TOKEN = "5d0b1f7a93c2e84a56b17a0c4e9d3586"


@pytest.fixture(scope="module")
def site(new_site: Install) -> Installation:
    """One whose processes may be killed, and that counts what they do."""
    return new_site(METRICS_TOKEN=METRICS_TOKEN)


def counted(site: Installation, name: str, **labels: str) -> float:
    """What Prometheus is told of all processes together."""
    answer = site.visitor().get("/microblog/metrics", headers={"Authorization": f"Bearer {METRICS_TOKEN}"})
    assert answer.status == 200
    samples = (sample for family in text_string_to_metric_families(answer.text) for sample in family.samples)
    return sum(each.value for each in samples if each.name == name and labels.items() <= each.labels.items())


def test_what_all_processes_do_is_counted_together_and_outlives_them(site: Installation, marta: Visitor):
    """Seen to fail where each process counts in memory of its own, and where its successor begins at nothing."""
    explore = {"endpoint": "web.explore.index", "status": "200"}
    site.wait_for_workers()
    before, workers = counted(site, "microblog_requests_total", **explore), site.workers()
    for _ in range(40):
        assert marta.get("/microblog/explore").status == 200
    assert counted(site, "microblog_requests_total", **explore) == before + 40
    assert counted(site, "microblog_statements_total", face="web") > 80
    with Load(readers(marta, *["/explore"] * 4)) as load:  # idle threads under the thunder lock would not hear of a reload
        (site.run / "reload").touch()
        site.wait_for_workers(other_than=workers)
        load.wait_for(20)
    assert load.counts.keys() == {200}
    assert counted(site, "microblog_requests_total", **explore) == before + 40 + load.total
    assert counted(site, "microblog_people") > 10
    assert counted(site, "microblog_requests_in_hand") == 1  # the one that asks
    assert site.visitor().get("/microblog/metrics").status == 401


def test_a_reload_of_the_master_takes_nothing_back_and_a_new_server_begins_anew(site: Installation, marta: Visitor):
    site.wait_for_workers()
    before, workers, folders = counted(site, "microblog_requests_total"), site.workers(), list((site.run / "metrics").iterdir())
    assert site.uwsgi
    assert len(folders) == 1
    with Load(readers(marta, *["/explore"] * 4)) as load:
        site.uwsgi.send_signal(signal.SIGHUP)
        site.wait_for_workers(other_than=workers)
        load.wait_for(20)
    assert counted(site, "microblog_requests_total") == before + load.total
    assert site.stop_uwsgi(signal.SIGTERM) == 0
    site.start_uwsgi()
    site.wait_until_ready()
    site.wait_for_workers()
    assert counted(site, "microblog_requests_total") == 0
    assert len(list((site.run / "metrics").iterdir())) == 1 != folders


@pytest.fixture(scope="module")
def marta(site: Installation) -> Visitor:
    return site.member("marta")


def wait_until(true: Callable[[], bool], what: str, within: float = 20.0) -> None:
    deadline = time.monotonic() + within
    while not true():
        assert time.monotonic() < deadline, f"in vain waited for {what}"
        time.sleep(0.02)


@contextmanager
def held_up(site: Installation) -> Iterator[Callable[[], None]]:
    """While the block runs, whoever reads posts waits for the database: gives a way to see that somebody does."""
    with site.database.writing() as db:
        db.execute(text("LOCK TABLE posts IN ACCESS EXCLUSIVE MODE"))

        def somebody_waits() -> bool:
            waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'posts'::regclass"
            return bool(db.scalar(text(waiting)))

        yield lambda: wait_until(somebody_waits, "a request in hand")
        db.rollback()


@contextmanager
def in_hand(site: Installation, visitor: Visitor) -> Iterator[list[Answer]]:
    """While the block runs one request is in hand; after it the list has its answer."""
    answers: list[Answer] = []
    with held_up(site) as wait:
        thread = threading.Thread(target=lambda: answers.append(visitor.get(site.mount + "/explore")), daemon=True)
        thread.start()
        wait()
        yield answers
    thread.join(20)


# What a single process may suffer


@pytest.mark.row("XC-03", "MT-17.2")
def test_a_killed_worker_costs_no_later_request(site: Installation, marta: Visitor):
    site.wait_for_workers()
    victim = site.workers()[0]
    os.kill(victim, signal.SIGKILL)
    assert [marta.get("/microblog/explore").status for _ in range(20)] == [200] * 20
    site.wait_for_workers(other_than=[victim])
    assert [marta.get("/microblog/explore").status for _ in range(10)] == [200] * 10


@pytest.mark.row("XC-03", "MT-17.2")
def test_reading_goes_on_while_workers_are_killed(site: Installation, marta: Visitor):
    with Load(readers(marta, *PAGES)) as load:
        for _ in range(2):
            victim = site.workers()[0]
            os.kill(victim, signal.SIGKILL)
            load.wait_for(60)
            site.wait_for_workers(other_than=[victim])
    assert set(load.counts) == {200}, load.counts


@pytest.mark.row("XC-03")
def test_a_reload_by_sighup_under_load_costs_no_request(site: Installation, marta: Visitor):
    site.wait_for_workers()  # one that is still starting would not hear the signal and be killed after worker-reload-mercy
    before = site.workers()
    with Load([*readers(marta, *PAGES), writer(marta, 1), writer(marta, 2)]) as load:
        assert site.uwsgi
        site.uwsgi.send_signal(signal.SIGHUP)
        site.wait_for_workers(other_than=before)
        load.wait_for(100)
    assert set(load.counts) == {200, 303}, load.counts
    assert site.uwsgi.poll() is None


@pytest.mark.row("XC-03", "MT-17.9")
def test_a_chain_reload_under_load_costs_no_request(site: Installation, marta: Visitor):
    site.wait_for_workers()
    before = site.workers()
    with Load([*readers(marta, *PAGES), writer(marta, 3), writer(marta, 4)]) as load:
        (site.run / "reload").touch()
        site.wait_for_workers(other_than=before)
        load.wait_for(100)
    assert set(load.counts) == {200, 303}, load.counts


def test_a_request_in_hand_is_finished_before_a_reload(site: Installation, marta: Visitor):
    assert site.uwsgi
    site.wait_for_workers()
    before = site.workers()
    with in_hand(site, marta) as answers:
        site.uwsgi.send_signal(signal.SIGHUP)
        time.sleep(0.5)
        assert answers == []
    assert [answer.status for answer in answers] == [200]
    site.wait_for_workers(other_than=before)


# What processes must agree on


@pytest.mark.row("XC-03", "MT-05.11", "MT-07.10", "MT-D09")
def test_16_who_sign_up_with_one_name_at_once_get_one_account_and_15_polite_refusals(site: Installation):
    def prepared(number: int) -> Callable[[], Answer]:
        visitor = site.visitor(80 + number)
        sent = submission(visitor.open("/auth/register"), "Register")
        name = "".join(letter.upper() if number >> place & 1 else letter for place, letter in enumerate("wanted"))
        fields = {"username": name, "email": f"w{number}@example.org", "password": PASSWORD, "password2": PASSWORD}
        return lambda: visitor.post(sent.target, sent.fields | fields)

    answers = together([prepared(number) for number in range(16)])
    assert sorted(answer.status for answer in answers) == [303] + [422] * 15
    for answer in answers:
        assert answer.status == 303 or "Please use a different username." in answer.words
    assert site.one("SELECT count(*) FROM users WHERE lower(username) = 'wanted'") == 1
    assert site.one("SELECT count(*) FROM credentials WHERE email LIKE 'w%@example.org' AND length(email) < 17") == 1


@pytest.mark.row("XC-03", "MT-D09")
def test_16_who_sign_up_with_one_address_at_once_get_one_account_and_15_polite_refusals(site: Installation):
    def prepared(number: int) -> Callable[[], Answer]:
        visitor = site.visitor(80 + number)
        sent = submission(visitor.open("/auth/register"), "Register")
        email = "Same@Example.org" if number % 2 else "same@example.org"
        fields = {"username": f"same{number}", "email": email, "password": PASSWORD, "password2": PASSWORD}
        return lambda: visitor.post(sent.target, sent.fields | fields)

    answers = together([prepared(number) for number in range(16)])
    assert sorted(answer.status for answer in answers) == [303] + [422] * 15
    for answer in answers:
        assert answer.status == 303 or "Please use a different email address." in answer.words
    assert site.one("SELECT count(*) FROM users WHERE username LIKE 'same%'") == 1, "a refused account was left behind"


def press_together(site: Installation, visitors: list[Visitor], path: str, button: str) -> list[int]:
    """All press one button of one page in the same moment, each as it was drawn for them before; gives the statuses."""
    prepared = [(visitor, submission(visitor.open(path), button)) for visitor in visitors]
    return together([lambda v=visitor, s=sent: v.post(s.target, s.fields).status for visitor, sent in prepared])


def counters(site: Installation, username: str) -> tuple[int, int, int, int]:
    """Followers and followed of a person: as counted, and as there are."""
    (found,) = site.rows(
        "SELECT follower_count, followed_count, (SELECT count(*) FROM followers WHERE followed_id = users.id),"
        " (SELECT count(*) FROM followers WHERE follower_id = users.id) FROM users WHERE username = :username",
        username=username,
    )
    return found


@pytest.mark.row("XC-03", "MT-08.4", "MT-08.5", "MT-D19")
def test_32_people_who_follow_one_at_once_are_32_followers(site: Installation):
    site.visitor().sign_up("popular", PASSWORD)
    names = [row[0] for row in site.rows("SELECT username FROM users JOIN credentials ON user_id = id ORDER BY id LIMIT 32")]
    people = [site.member(name, 100 + number) for number, name in enumerate(names)]
    before = {name: counters(site, name) for name in names}
    assert press_together(site, people, "/user/popular", "Follow") == [303] * 32
    assert counters(site, "popular") == (32, 0, 32, 0)
    assert all(counters(site, name)[1] == before[name][1] + 1 == counters(site, name)[3] for name in names)
    assert press_together(site, people, "/user/popular", "Unfollow") == [303] * 32
    assert counters(site, "popular") == (0, 0, 0, 0)
    assert {name: counters(site, name) for name in names} == before


@pytest.mark.row("XC-03", "MT-08.4", "MT-D19")
def test_one_person_who_follows_another_32_times_at_once_follows_once(site: Installation):
    site.visitor().sign_up("eager", PASSWORD)
    site.visitor().sign_up("quiet", PASSWORD)
    eager = site.member("eager", password=PASSWORD)
    twins = [eager.twin(f"127.0.0.{140 + number}") for number in range(32)]
    assert press_together(site, twins, "/user/quiet", "Follow") == [303] * 32
    assert counters(site, "quiet") == (1, 0, 1, 0)
    assert counters(site, "eager") == (0, 1, 0, 1)
    assert press_together(site, twins, "/user/quiet", "Unfollow") == [303] * 32
    assert counters(site, "quiet") == counters(site, "eager") == (0, 0, 0, 0)


@pytest.mark.row("XC-03")
def test_two_who_follow_each_other_at_once_do_not_wait_for_one_another(site: Installation):
    people = {}
    for name in ("north", "south"):
        site.visitor().sign_up(name, PASSWORD)
        people[name] = site.member(name, password=PASSWORD)
    deeds = []
    for name, other in (("north", "south"), ("south", "north")):
        sent = submission(people[name].open(f"/user/{other}"), "Follow")
        deeds.append(lambda v=people[name], s=sent: v.post(s.target, s.fields).status)
    deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    before = site.one(deadlocks)
    with site.database.writing() as db, ThreadPoolExecutor(1) as pool:
        db.execute(text("SELECT 1 FROM users WHERE username IN ('north', 'south') FOR NO KEY UPDATE"))
        answers = pool.submit(together, deeds)

        def both_wait() -> bool:
            db.execute(text("SELECT pg_stat_clear_snapshot()"))
            return db.scalar(text(waiting)) == 2

        wait_until(both_wait, "both to wait before they count")
        db.rollback()
        assert answers.result(20) == [303, 303]
    assert counters(site, "north") == counters(site, "south") == (1, 1, 1, 1)
    time.sleep(1.1)  # Postgres' own figures come that late
    assert site.one(deadlocks) == before


@pytest.mark.row("XC-03", "MT-09.2")
def test_one_form_sent_16_times_at_once_makes_one_post(site: Installation, marta: Visitor):
    sent = submission(marta.open("/"), "Submit")
    before = site.one("SELECT post_count FROM users WHERE username = 'marta'")
    twins = [marta.twin(f"127.0.0.{200 + number}") for number in range(16)]
    fields = sent.fields | {"post": "한 번만 말한다"}
    assert together([lambda t=twin: t.post(sent.target, fields).status for twin in twins]) == [303] * 16
    assert site.one("SELECT count(*) FROM posts WHERE body = '한 번만 말한다'") == 1
    assert site.one("SELECT post_count FROM users WHERE username = 'marta'") == before + 1


@pytest.mark.row("XC-03", "MT-05.5")
def test_who_logs_out_is_logged_out_in_every_process(site: Installation):
    visitor = site.member("marta")
    thief = visitor.twin("127.0.0.2")
    visitor.press(visitor.open("/"), "Logout")
    assert {thief.twin("127.0.0.2").get("/microblog/").status for _ in range(16)} == {302}


@pytest.mark.row("XC-03")
def test_a_restart_forgets_nobody(site: Installation):
    visitor = site.member("marta")
    page = visitor.open("/")
    assert site.stop_uwsgi(signal.SIGTERM) == 0
    site.start_uwsgi()
    site.wait_until_ready()
    page = visitor.press(page, "Submit", post="nach dem Neustart")
    assert "nach dem Neustart" in page.words


# The end: from here on the site is stopped


@pytest.mark.row("MT-17.2")
def test_sigterm_lets_the_request_in_hand_finish(site: Installation):
    visitor = site.member("marta", password=demo.PASSWORD)
    assert site.uwsgi
    with in_hand(site, visitor) as answers:
        site.uwsgi.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        assert answers == []
    assert [answer.status for answer in answers] == [200]
    assert site.uwsgi.wait(30) == 0


@pytest.mark.row("MT-17.6")
def test_without_the_application_nginx_still_serves_static_files(site: Installation):
    assert site.uwsgi
    assert site.uwsgi.poll() is not None
    assert site.visitor().get("/microblog/static/0/css/site.css").status == 200
    assert site.visitor().get("/microblog/").status == 502
