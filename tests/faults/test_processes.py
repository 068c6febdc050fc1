"""Processes of uWSGI that die or are renewed while people write: what was acknowledged is there once, whatever else happens."""

import os
import signal
import time
from itertools import cycle

import pytest

from .conftest import Stage


@pytest.mark.row("XC-03", "MT-17.2")
def test_workers_killed_again_and_again_lose_and_double_nothing(stage: Stage):
    """The requests in hand of a killed process, two at most, may end with nginx's own 502; a GET, PUT or DELETE is handed on.

    Seen to fail when a build says that posts are live before COMMIT (FAULTS_SPOILED=hasty), and when one takes what is sent again
    for something new (forgetful).
    """
    killed: list[int] = []
    end = time.monotonic() + stage.seconds
    with stage.crowd(cut_by_nginx=lambda: 2 * len(killed)) as crowd:
        while time.monotonic() < end or len(killed) < 2:
            stage.site.wait_for_workers()
            killed.append(stage.chance.choice(stage.site.workers()))
            os.kill(killed[-1], signal.SIGKILL)
            crowd.wait_until_back()
            crowd.wait_for(stage.chance.randint(5, 30))


@pytest.mark.row("XC-03", "MT-17.9")
def test_renewing_the_processes_one_after_the_other_or_together_refuses_nobody(stage: Stage):
    """A chain reload or a SIGHUP while people write: chance chooses which is first, and a longer run has both.

    Seen to fail when a build refuses for a while after each start (FAULTS_SPOILED=cold), and when one miscounts (miscounting).
    """
    site = stage.site
    assert site.uwsgi
    ways = [(site.run / "reload").touch, lambda: site.uwsgi.send_signal(signal.SIGHUP)]
    stage.chance.shuffle(ways)
    site.wait_for_workers()
    end = time.monotonic() + stage.seconds
    with stage.crowd() as crowd:
        for way in cycle(ways):
            before = site.workers()
            way()
            site.wait_for_workers(other_than=before)
            crowd.wait_until_back()
            if time.monotonic() > end:
                break
    assert all(isinstance(status, int) and status < 400 for status in crowd.ledger.statuses), crowd.ledger.statuses
