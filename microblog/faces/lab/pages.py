"""Pages of the laboratory: templates without a reader."""

from typing import Any

from ...framework.request import Request
from ...framework.response import Response


def render(request: Request, template: str, **values: Any) -> Response:
    """A page in the language that the browser asks for."""
    page = request.app.templates.render(request.language, template, values)
    return Response(page, headers={"Content-Language": request.language.code, "Vary": "Accept-Language"})
