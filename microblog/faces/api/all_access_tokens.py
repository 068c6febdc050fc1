"""Everything that lets programs in as somebody, at once."""

from ...core import access_tokens
from ...framework.request import Request


def delete(request: Request) -> None:
    """Revoke all tokens of the caller, of whatever protocol, this one included."""
    access_tokens.revoke_all(request.db, request.user.id)
