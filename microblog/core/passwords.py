"""Passwords, kept as argon2id hashes, with equal work for people who exist and people who do not."""

import os
import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# OWASP's second choice: 19 MiB, two passes, one lane; about 20 ms of a core.
hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)

# More hashing at once than there are cores only makes everybody wait longer and takes memory.
room = threading.BoundedSemaphore(os.cpu_count() or 1)


def hashed(password: str) -> str:
    """A new hash of a password, salted, never the same twice."""
    with room:
        return hasher.hash(password)


def fits(password: str, password_hash: str | None) -> bool:
    """Whether a password is the one that was hashed. Without a hash (nobody of that name) it takes as long and says no."""
    with room:
        try:
            return hasher.verify(password_hash or _nobodys_hash(), password) and password_hash is not None
        except (VerificationError, InvalidHashError):
            return False


def is_dated(password_hash: str) -> bool:
    """Whether a hash was made with other parameters than today's and should be made anew at the next login."""
    return hasher.check_needs_rehash(password_hash)


@cache
def _nobodys_hash() -> str:
    return hasher.hash(os.urandom(16).hex())
