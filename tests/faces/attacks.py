"""What somebody who has seen a token might send in its place, made without the library that reads it."""

import hashlib
import hmac
import json
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from microblog.framework.signing import derived


def key_of(app: Any, face: str) -> bytes:
    """The key that a face has where the settings name none of its own."""
    return derived(app.config.secret_keys[0], f"jwt {face}")


def encoded(part: bytes) -> str:
    return urlsafe_b64encode(part).rstrip(b"=").decode()


def claims_of(token: str) -> dict[str, Any]:
    """What a token says to whoever reads it."""
    payload = token.split(".")[1]
    return json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


def signed(claims: Any, key: bytes, *, algorithm: str = "HS256", digest: str = "sha256", **header: Any) -> str:
    """A token as it stands in RFC 7515; claims that are bytes go in as they are."""
    payload = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
    said = encoded(json.dumps({"alg": algorithm, "typ": "JWT"} | header).encode()) + "." + encoded(payload)
    return f"{said}.{encoded(hmac.new(key, said.encode(), getattr(hashlib, digest)).digest())}"


@dataclass(frozen=True)
class Seen:
    """A good token that somebody has seen; the face's key, which they should not have; and that of another face."""

    token: str
    key: bytes
    other_key: bytes

    @property
    def claims(self) -> dict[str, Any]:
        return claims_of(self.token)

    @property
    def parts(self) -> list[str]:
        return self.token.split(".")

    def unsigned(self, algorithm: str) -> str:
        return signed(self.claims, b"x", algorithm=algorithm).rpartition(".")[0] + "."

    def flipped(self) -> str:
        head, _, signature = self.token.rpartition(".")
        return f"{head}.{signature[:20]}{'A' if signature[20] != 'A' else 'B'}{signature[21:]}"

    def with_signature_of_another(self) -> str:
        theirs = self.parts
        return ".".join((theirs[0], encoded(json.dumps(self.claims | {"exp": int(time.time()) + 9_999}).encode()), theirs[2]))

    def without(self, claim: str) -> str:
        return signed({name: value for name, value in self.claims.items() if name != claim}, self.key)

    def saying(self, **claims: Any) -> str:
        return signed(self.claims | claims, self.key)


Attack = Callable[[Seen], str]

# Nobody who holds the key has made these.
FORGED: dict[str, Attack] = {
    "algorithm none": lambda seen: seen.unsigned("none"),
    "algorithm NONE": lambda seen: seen.unsigned("NONE"),
    "no algorithm": lambda seen: seen.unsigned(""),
    "another algorithm with the right key": lambda seen: signed(seen.claims, seen.key, algorithm="HS512", digest="sha512"),
    "another name for the algorithm": lambda seen: signed(seen.claims, seen.key, algorithm="RS256"),
    "the name of the algorithm within another": lambda seen: signed(seen.claims, seen.key, algorithm="S256"),
    "the key of another face": lambda seen: signed(seen.claims, seen.other_key),
    "the key in the source": lambda seen: signed(seen.claims, b"secret"),
    "the key in the other source": lambda seen: signed(seen.claims, b"1234"),
    "no key": lambda seen: signed(seen.claims, b""),
    "a character of the signature flipped": Seen.flipped,
    "another signature": Seen.with_signature_of_another,
    "cut by one": lambda seen: seen.token[:-1],
    "cut by two": lambda seen: seen.token[:-2],
    "cut in the middle": lambda seen: seen.token[: len(seen.token) // 2],
    "no signature": lambda seen: ".".join(seen.parts[:2]),
    "an empty signature": lambda seen: ".".join([*seen.parts[:2], ""]),
    "a part too many": lambda seen: seen.token + ".x",
    "no parts": lambda seen: "x",
    "empty parts": lambda seen: "..",
    "a header that is no JSON": lambda seen: ".".join(["x", *seen.parts[1:]]),
    "a header that is a list": lambda seen: ".".join([encoded(b"[]"), *seen.parts[1:]]),
    "a header that names extensions": lambda seen: signed(seen.claims, seen.key, crit=["exp"]),
    "a detached payload": lambda seen: signed(seen.claims, seen.key, b64=False),
    "claims that are a list": lambda seen: signed([1], seen.key),
    "claims that are no JSON": lambda seen: signed(b"x", seen.key),
    "claims that are no text": lambda seen: signed(b"\xff", seen.key),
    "the same claim twice": lambda seen: signed(json.dumps(seen.claims).encode()[:-1] + b', "exp": 9999999999}', seen.key),
    "an endless number": lambda seen: signed(b'{"exp": Infinity}', seen.key),
    "something very long": lambda seen: "x" * 5_000,
    "something that is not ASCII": lambda seen: seen.token + "é",
}

# These are signed with the face's own key, and say what no token of ours says.
UNFIT: dict[str, Attack] = {
    "no exp": lambda seen: seen.without("exp"),
    "a float for exp": lambda seen: seen.saying(exp=time.time() + 600.5),
    "a string for exp": lambda seen: seen.saying(exp="9999999999"),
    "true for exp": lambda seen: seen.saying(exp=True),
    "null for exp": lambda seen: seen.saying(exp=None),
    "no jti": lambda seen: seen.without("jti"),
    "a number for jti": lambda seen: seen.saying(jti=int(seen.claims["jti"])),
    "an unknown jti": lambda seen: seen.saying(jti="1"),
    "a jti too large": lambda seen: seen.saying(jti="9" * 40),
    "a jti that is none": lambda seen: seen.saying(jti="x'; --"),
}

# These were good once.
EXPIRED: dict[str, Attack] = {
    "over for a second": lambda seen: seen.saying(exp=int(time.time()) - 1),
    "over for ever": lambda seen: seen.saying(exp=0),
    "over before time began": lambda seen: seen.saying(exp=-1),
}
