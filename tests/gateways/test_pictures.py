"""Pictures are made anew in a process of their own; what cannot be one is refused before it costs anything."""

import io
import os
import subprocess

import pytest
from PIL import Image

from microblog.gateways import pictures
from microblog.gateways.pictures import Unsuitable, square


def encoded(image: Image.Image, kind: str, **more) -> bytes:
    target = io.BytesIO()
    image.save(target, kind, **more)
    return target.getvalue()


def decoded(made: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(made))
    assert (image.format, image.size) == ("WEBP", (400, 400))
    return image


def reason(file: bytes) -> str:
    with pytest.raises(Unsuitable) as refused:
        square(file)
    return refused.value.reason


def frames(count: int) -> bytes:
    images = [Image.new("RGB", (20, 20), (number, 0, 0)) for number in range(count)]
    return encoded(images[0], "GIF", save_all=True, append_images=images[1:])


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_each_of_the_four_kinds_becomes_a_square(kind):
    decoded(square(encoded(Image.new("RGB", (300, 120), "red"), kind)))


def test_its_middle_is_kept():
    image = Image.new("RGB", (1_200, 400), "red")
    image.paste("blue", (400, 0, 800, 400))
    made = decoded(square(encoded(image, "PNG"))).convert("RGB")
    assert all(made.getpixel(point)[2] > 200 for point in ((20, 200), (200, 200), (380, 200)))


def test_it_stands_upright_and_says_nothing_of_where_it_was_taken():
    image = Image.new("RGB", (400, 400), "red")
    image.paste("blue", (0, 0, 400, 200))
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 3, "A camera of somebody's"  # turned upside down
    made = square(encoded(image, "JPEG", exif=exif, icc_profile=b"no profile at all"))
    assert b"camera" not in made
    assert decoded(made).getexif() == {}
    assert "icc_profile" not in decoded(made).info
    assert decoded(made).convert("RGB").getpixel((200, 380))[2] > 200


def test_what_is_transparent_stays_so():
    assert decoded(square(encoded(Image.new("RGBA", (50, 50), (255, 0, 0, 0)), "PNG"))).convert("RGBA").getpixel((9, 9))[3] == 0


@pytest.mark.parametrize(
    ("file", "why"),
    [
        (b"", "empty"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * pictures.LARGEST_FILE, "large"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "kind"),
        (b"GIF89a%!PS-Adobe-3.0", "broken"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 100, "broken"),
    ],
)
def test_what_is_no_picture_is_refused(file, why):
    assert reason(file) == why


def test_a_picture_that_ends_too_early_is_refused():
    assert reason(encoded(Image.effect_noise((300, 300), 90), "JPEG")[:4_000]) == "broken"


@pytest.mark.parametrize("size", [(13_000, 13_000), (9_000, 2), (4_001, 4_000)])
def test_a_small_file_with_too_many_pixels_is_refused_before_they_are_decoded(size):
    file = encoded(Image.new("1", size), "PNG")
    assert len(file) < 30_000
    assert reason(file) == "pixels"


def test_sixteen_megapixels_fit_into_the_memory_there_is():
    decoded(square(encoded(Image.new("RGBA", (4_000, 4_000), "blue"), "PNG")))


def test_sixty_frames_are_enough():
    decoded(square(frames(60)))
    assert reason(frames(61)) == "frames"


def test_a_process_that_never_ends_is_ended(monkeypatch):
    def too_long(*_, **options):
        raise subprocess.TimeoutExpired("pictures", options["timeout"])

    monkeypatch.setattr(subprocess, "run", too_long)
    assert reason(encoded(Image.new("1", (9, 9)), "PNG")) == "broken"


def test_the_process_has_bounds_and_none_of_our_keys(monkeypatch):
    asked = {}
    real = subprocess.run

    def noted(program, **options):
        asked.update(options, program=program)
        return real(program, **options)

    monkeypatch.setattr(subprocess, "run", noted)
    monkeypatch.setenv("SECRET_KEY", "not for children")
    square(encoded(Image.new("1", (9, 9)), "PNG"))
    assert "not for children" not in str(asked["env"])
    assert os.path.basename(asked["program"][0]) == "python3"
    greedy = "import sys; sys.argv = ['x']; import runpy; m = runpy.run_path(%r); m['_bound'](); bytearray(600 * 2**20)"
    done = real([asked["program"][0], "-I", "-c", greedy % asked["program"][2]], capture_output=True, text=True, check=False)
    assert "MemoryError" in done.stderr
