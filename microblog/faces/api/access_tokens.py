"""Tokens: made for a password, listed, and revoked one by one or all together."""

from ...core import access_tokens
from ...framework.request import Request
from .. import access_tokens as shared
from . import collections, shapes
from .collections import Collection, paged_by
from .door import by_password


@by_password
def create(request: Request, body: shapes.NewToken) -> shapes.Token:
    """A token for an hour, for a username and a password (HTTP Basic). It is the same as before while that one has more than a
    minute to live. Whoever has a hundred of them hears 409."""
    access = access_tokens.ask(request.db, shared.keys(request.app.config), request.user.id, label=body.label)
    own = request.url_for("api.access_tokens.delete", token_id=access.id)
    return shapes.Token(access.token, access.expires_at, shapes.Self(own))


@paged_by()
def index(request: Request) -> Collection[shapes.HeldToken]:
    """All that lets programs in as the caller, of whatever protocol."""
    held = access_tokens.of(request.db, request.user.id)
    return collections.whole(
        request,
        [
            shapes.HeldToken(
                id=str(each.id),
                face=each.face,
                label=each.label,
                created_at=each.created_at,
                expires_at=each.expires_at,
                last_used_at=each.last_used_at,
                is_this=each.id == request.user.token_id,
                links=shapes.Self(request.url_for("api.access_tokens.delete", token_id=each.id)),
            )
            for each in held
        ],
    )


def delete(request: Request, token_id: int | None = None) -> None:
    """Revoke a token; without an id the one that comes with this request. It is useless at once."""
    access_tokens.revoke(request.db, request.user.id, token_id or request.user.token_id)
