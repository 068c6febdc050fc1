"""Static files, known by name when the application starts, under an address that changes when any of them does."""

import hashlib
import re
from functools import cached_property
from pathlib import Path

# What a browser needs to know of a file; by its suffix, for the machine's own table may lack the newer ones.
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
}


class Assets:
    """The files below a folder. One fingerprint stands for all of them, so that scripts may name each other by relative paths."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def files(self) -> dict[str, Path]:
        """Every file by its path below the folder, those that begin with a dot left out."""
        paths = sorted(path for path in self.folder.rglob("*") if path.is_file() and path.suffix in TYPES)
        named = {path.relative_to(self.folder).as_posix(): path for path in paths}
        return {name: path for name, path in named.items() if not re.search(r"(^|/)\.", name)}

    @cached_property
    def fingerprint(self) -> str:
        """Ten hexadecimal digits that change when a file does."""
        digest = hashlib.sha256()
        for name, path in self.files.items():
            digest.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
        return digest.hexdigest()[:10]
