"""Whom an allowance counts, for all faces: the person, or the network that a stranger comes from."""

import ipaddress
import math
import time
from collections.abc import Mapping

from ..core import audit, limits, users
from ..core.limits import Limit, Spent
from ..core.refusals import NotFound
from ..framework.request import Request
from .verdicts import TooOften


def spend(request: Request, allowances: Mapping[str, Limit], name: str) -> Spent | None:
    """Use one of the caller's times, and let the answer say how many are left; raises TooOften if there was none. None where
    limits are switched off."""
    if not request.app.config.rate_limits:
        return None
    allowance = allowances[name]
    spent = limits.spend(request.db, allowance, called(request))
    request.promised_headers |= {
        "X-RateLimit-Limit": str(allowance.times),
        "X-RateLimit-Remaining": str(spent.left),
        "X-RateLimit-Reset": str(math.ceil(time.time() + spent.whole_in)),  # Unix time, when all of them are back
    }
    if spent.wait:
        raise TooOften(spent.wait)
    return spent


def log_in(request: Request, login: str, password: str) -> int:
    """The id of the person with this username or e-mail address and this password. NotFound for all else, which is written down
    by itself: of what the request has done so far nothing stays."""
    try:
        return users.authenticate(request.db, login, password)
    except NotFound:
        request.release()
        users.note_failure(request.db, login)
        raise


def note_alone(request: Request, event: str) -> None:
    """Write down what has happened to the caller's account, and nothing else that this request has done."""
    request.release()
    audit.note(request.db, event, request.user.id)


def called(request: Request) -> str:
    """What the caller is called in the books."""
    return f"user {request.user.id}" if request.user else f"address {network(request.remote_addr or '')}"


def network(address: str) -> str:
    """The address, or for IPv6 the network of 64 bits that one household has. One of IPv4 is itself also where a server that
    listens for both writes it as one of IPv6."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    return str(parsed.ipv4_mapped or ipaddress.ip_network((int(parsed), 64), strict=False))
