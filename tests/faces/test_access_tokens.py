"""The keys of the API's tokens: the same for every face that makes one, and for nothing else."""

from dataclasses import replace

from microblog.core import access_tokens
from microblog.faces.access_tokens import keys
from microblog.framework.signing import derived


def test_there_is_one_for_each_secret_key_the_newest_first(settings):
    config = replace(settings, secret_keys=("the new one", "the old one"))
    new, old = keys(config)
    assert [new, old] == [derived("the new one", "access tokens"), derived("the old one", "access tokens")]
    assert len({new, old, derived("the new one", "csrf")}) == 3


def test_a_token_is_derived_again_after_the_keys_have_changed(settings, db, alice):
    before, after = (replace(settings, secret_keys=secrets) for secrets in (("old",), ("new", "old")))
    token = access_tokens.ask(db, keys(before), alice.id).token
    assert access_tokens.ask(db, keys(after), alice.id).token == token
