"""Pictures of pages in few bytes: a run keeps hundreds of them."""

from __future__ import annotations

import io
from functools import lru_cache

from PIL import Image

_QUALITY = 60
_COLOURS = 64
# Smooth edges of text included. A photograph has more; the other way need not be tried.
_MOST_COLOURS_OF_TEXT = 8192
_LONGEST_EDGE = 16383  # of a WebP picture, in pixels


@lru_cache(maxsize=16)
def small(png: bytes) -> bytes:
    """Return a picture as WebP, a third of a JPEG on which its text is as legible.

    Forms and text need few colours and stay sharp (the rare ones are kept: a red word
    matters); where there are photographs, less than all of their detail is the smaller
    one. What is too large for WebP stays as it is. Equal pictures give equal bytes, and
    the last few are remembered: refusals show the same screen again and again.
    """
    try:
        with Image.open(io.BytesIO(png)) as image:
            if max(image.size) > _LONGEST_EDGE:
                return png
            plain = image.convert("RGB")
    except Image.DecompressionBombError:
        return png
    few = plain.quantize(_COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    found = _webp(few.convert("RGB"), lossless=True)
    if plain.getcolors(_MOST_COLOURS_OF_TEXT) is not None:
        return found
    return min(found, _webp(plain, quality=_QUALITY), key=len)


def _webp(image: Image.Image, **how: float) -> bytes:
    written = io.BytesIO()
    image.save(written, "WEBP", method=4, **how)
    return written.getvalue()
