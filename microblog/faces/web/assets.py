"""Static files, for installations without a web server in front that serves them itself."""

from werkzeug.exceptions import NotFound
from werkzeug.wsgi import wrap_file

from ...framework.assets import TYPES
from ...framework.request import Request
from ...framework.response import Response
from ...framework.routing import public


@public
def show(request: Request, fingerprint: str, name: str) -> Response:
    """A file by its name; the fingerprint only makes the address new when the files are."""
    path = request.app.assets.files.get(name)
    if path is None:
        raise NotFound
    headers = {"Content-Length": str(path.stat().st_size)}
    return Response(
        wrap_file(request.environ, path.open("rb")), headers=headers, content_type=TYPES[path.suffix], direct_passthrough=True
    )
