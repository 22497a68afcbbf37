"""Pictures take few bytes, and what is to be read on them can still be read."""

import io
import random

import pytest
from PIL import Image, ImageChops, ImageDraw

from otp_conformance.agent.browser.picture import small


def png(image: Image.Image) -> bytes:
    written = io.BytesIO()
    image.save(written, "PNG")
    return written.getvalue()


def screen() -> Image.Image:
    """Flat grounds, frames, text with smooth edges, one red word."""
    image = Image.new("RGB", (640, 400), "#f4f6f6")
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((40, 60, 600, 360), 8, fill="white", outline="#c0c8c8")
    for line in range(12):
        draw.text((60, 80 + 20 * line), "The value was refused 0123456789 " * 2, "#103a40")
    draw.text((60, 330), "REFUSED", "#b00020")
    return image


def photograph() -> Image.Image:
    chance = random.Random(1)  # noqa: S311 - the same photograph every time
    noise = bytes(chance.randrange(256) for _ in range(40 * 40 * 3))
    return Image.frombytes("RGB", (40, 40), noise).resize((640, 640), Image.Resampling.BICUBIC)


def read(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data)) as image:
        assert image.format == "WEBP"
        return image.convert("RGB")


@pytest.mark.parametrize("take", [screen, photograph])
def test_a_picture_becomes_small(take):
    taken = take()
    jpeg = io.BytesIO()
    taken.save(jpeg, "JPEG", quality=70)
    assert len(small(png(taken))) < 0.65 * len(jpeg.getvalue())


def test_a_screen_looks_as_it_did():
    taken = screen()
    difference = ImageChops.difference(taken, read(small(png(taken))))
    assert max(high for _, high in difference.getextrema()) <= 24


def test_equal_pictures_give_equal_bytes():
    first = small(png(screen()))
    small.cache_clear()
    assert small(png(screen())) == first


def test_what_is_too_tall_stays_as_it_is():
    tall = png(Image.new("RGB", (4, 16384), "white"))
    assert small(tall) == tall


def test_what_is_too_large_to_be_opened_stays_as_it_is(monkeypatch):
    taken = png(screen())
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    small.cache_clear()
    assert small(taken) == taken
