"""Pictures from outside, made anew in a process of its own: whatever a file does to the decoder, it does it there.

Run as a program it reads a file from its input and writes the square to its output, or says by its exit status what was wrong.
"""

import io
import os
import resource
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

LARGEST_FILE = 2 * 1024 * 1024  # bytes of an upload
SIDE = 400  # pixels of the square
LARGEST_SQUARE = 524_288  # bytes; the column's own limit

# What is asked of the header before a pixel is decoded: 21 kB of PNG can hold 169 megapixels, which take 1.3 GB.
MOST_PIXELS = 16_000_000
LONGEST_SIDE = 8_192
MOST_FRAMES = 60
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")

MEMORY = 512 * 1024 * 1024  # bytes; 16 megapixels take 64 MB, and turning and converting them as much again each
PROCESSOR_TIME = 8  # seconds
PATIENCE = 15.0  # seconds until the process is ended, busy or not
REASONS = {3: "pixels", 4: "frames", 5: "broken"}  # what it says with its exit status

# One at a time in each of our processes: decoding must not take the cores that everybody else's pages need.
room = threading.BoundedSemaphore(1)


class Unsuitable(ValueError):
    """No square comes of this file. `reason` is `empty`, `large`, `kind`, `pixels`, `frames` or `broken`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def square(file: bytes) -> bytes:
    """The middle of a PNG, JPEG, WebP or GIF as a WebP of 400 by 400 pixels and nothing else; raises Unsuitable."""
    if not file:
        raise Unsuitable("empty")
    if len(file) > LARGEST_FILE:
        raise Unsuitable("large")
    if not _looks_like_a_picture(file):
        raise Unsuitable("kind")
    # sys.executable is another Python under uWSGI. The process gets none of our environment, which holds keys.
    program = [os.path.join(sys.prefix, "bin", "python3"), "-I", str(Path(__file__).resolve())]
    try:
        with room:
            done = subprocess.run(program, input=file, capture_output=True, timeout=PATIENCE, env={"LC_ALL": "C"}, check=False)
    except subprocess.TimeoutExpired:
        raise Unsuitable("broken") from None
    if done.returncode or not 0 < len(done.stdout) <= LARGEST_SQUARE:
        raise Unsuitable(REASONS.get(done.returncode, "broken"))
    return done.stdout


def _looks_like_a_picture(file: bytes) -> bool:
    """Whether it begins as one of the four kinds does, whatever it is called."""
    return file.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")) or (
        file.startswith(b"RIFF") and file[8:12] == b"WEBP"
    )


def _bound() -> None:
    """Bounds that the process can never widen again."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_TIME, PROCESSOR_TIME))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _main() -> None:
    """The process: bounds first, then the picture."""
    _bound()
    try:
        sys.stdout.buffer.write(_make_square(sys.stdin.buffer.read()))
    except Unsuitable as refusal:
        sys.exit(next(status for status, reason in REASONS.items() if reason == refusal.reason))


def _make_square(file: bytes) -> bytes:
    from PIL import Image, ImageOps  # here, for only the process needs it

    Image.MAX_IMAGE_PIXELS = None  # our own bound is narrower
    picture = Image.open(io.BytesIO(file), formats=FORMATS)
    width, height = picture.size
    if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE:
        raise Unsuitable("pixels")
    if getattr(picture, "n_frames", 1) > MOST_FRAMES:
        raise Unsuitable("frames")
    picture.draft("RGB", (2 * SIDE, 2 * SIDE))  # a JPEG need not be decoded larger than that
    upright = ImageOps.exif_transpose(picture)
    fitted = ImageOps.fit(_plain_colours(upright), (SIDE, SIDE), Image.Resampling.LANCZOS)
    bare = Image.new(fitted.mode, fitted.size)  # of what the file said besides, its place and camera, nothing comes along
    bare.paste(fitted)
    target = io.BytesIO()
    bare.save(target, "WEBP", quality=82, method=4)
    return target.getvalue()


def _plain_colours(picture: "Image.Image") -> "Image.Image":
    """The picture in sRGB: phones write wider colours and say so beside the pixels."""
    from PIL import ImageCms

    mode = "RGBA" if picture.has_transparency_data else "RGB"
    profile = picture.info.get("icc_profile")
    if profile and picture.mode in ("RGB", "CMYK", "L") and mode == "RGB":
        try:
            theirs, plain = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
            return ImageCms.profileToProfile(picture, theirs, plain, outputMode="RGB") or picture.convert("RGB")
        except (ImageCms.PyCMSError, OSError):  # a profile that nobody understands: its colours as they come
            pass
    return picture.convert(mode)


if __name__ == "__main__":
    _main()
