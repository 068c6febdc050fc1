"""Hashes fit their password, and strange hashes fit none."""

import pytest

from microblog.core import passwords


def test_a_hash_fits_its_own_password():
    made = passwords.hashed("비밀번호 with ñ")
    assert passwords.fits("비밀번호 with ñ", made)
    assert not passwords.fits("비밀번호 with n", made)
    assert not passwords.is_dated(made)


@pytest.mark.parametrize("strange", [None, "", "plain", "$argon2id$v=19$m=8,t=1,p=1$broken", "$2b$12$abc"])
def test_a_hash_that_is_none_fits_nothing(strange):
    assert not passwords.fits("anything", strange)
