"""Whom an allowance counts: a person wherever they are, a stranger by their network; and what the answer says of it."""

from datetime import timedelta

import pytest

from microblog.core.limits import Limit
from microblog.faces import callers
from microblog.faces.verdicts import TooOften
from microblog.framework.request import Request

LIMITS = {"try": Limit("try", 2, timedelta(minutes=1))}


@pytest.fixture
def request_from(app, having):
    """A request from an address, by somebody or nobody, with limits switched on."""
    having(rate_limits=True)

    def make(address, user=None):
        request = Request({"REQUEST_METHOD": "GET", "REMOTE_ADDR": address}, app)
        request.user = user
        return request

    return make


def test_an_ipv6_household_shares_its_allowance():
    assert callers.network("2001:db8::1") == callers.network("2001:db8::ffff:1") == "2001:db8::/64"
    assert callers.network("192.0.2.1") == "192.0.2.1"
    assert callers.network("garbage") == ""


def test_households_of_ipv4_are_not_one_where_the_server_listens_for_both():
    assert callers.network("::ffff:192.0.2.1") == callers.network("192.0.2.1") == "192.0.2.1"
    assert callers.network("::ffff:192.0.2.2") != callers.network("::ffff:192.0.2.1")


@pytest.mark.parametrize("address", ["fe80::1%eth0", "", "192.0.2.1, 198.51.100.1", "1" * 5_000, "::1/64"])
def test_no_address_is_an_error(address):
    assert isinstance(callers.network(address), str)


def test_a_person_has_one_allowance_wherever_they_are_and_apart_from_their_neighbours(request_from, alice, bob):
    assert callers.called(request_from("192.0.2.1", alice)) == callers.called(request_from("2001:db8::1", alice))
    names = [callers.called(request_from("192.0.2.1", person)) for person in (alice, bob, None)]
    assert len(set(names)) == 3


def test_the_answer_says_how_often_one_may_still_come(request_from):
    for left in (1, 0):
        request = request_from("192.0.2.1")
        assert callers.spend(request, LIMITS, "try").left == left
        assert request.promised_headers["X-RateLimit-Limit"] == "2"
        assert request.promised_headers["X-RateLimit-Remaining"] == str(left)
    with pytest.raises(TooOften) as refusal:
        callers.spend(request_from("192.0.2.1"), LIMITS, "try")
    assert refusal.value.seconds >= 1
    assert callers.spend(request_from("192.0.2.2"), LIMITS, "try").left == 1


def test_where_limits_are_switched_off_nobody_counts(request_from, having):
    having(rate_limits=False)
    request = request_from("192.0.2.1")
    assert [callers.spend(request, LIMITS, "try") for _ in range(5)] == [None] * 5
    assert request.promised_headers == {}
